import Dispatch
import Foundation
import Synchronization

/// Turns Ctrl-C (SIGINT) and SIGTERM into a flag, so that a job can end at a place that it can be resumed from.
///
/// The second signal ends the process at once. One object a process, for as long as the job runs.
final class InterruptionFlag {
    private final class State: Sendable {
        /// The first signal; 0 before it.
        let signal = Atomic<Int32>(0)
    }

    private let state: State
    private let sources: [any DispatchSourceSignal]

    /// - Parameter onFirstSignal: called at the first signal, on a queue of its own.
    init(onFirstSignal: @escaping @Sendable () -> Void = {}) {
        let state = State()
        self.state = state
        let queue = DispatchQueue(label: "interruption")
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                if state.signal.compareExchange(expected: 0, desired: number, ordering: .relaxed).exchanged {
                    onFirstSignal()
                } else {
                    Self.end(by: number)
                }
            }
            source.resume()
            return source
        }
    }

    deinit { for source in sources { source.cancel() } }

    /// True after the first signal.
    var isRaised: Bool { status != nil }

    /// What shells report of a process that the first signal ended, 128 + its number; nil before it.
    var status: Int32? {
        let number = state.signal.load(ordering: .relaxed)
        return number == 0 ? nil : 128 + number
    }

    /// Ends the process as the signal would have. Dispatch blocks signals on its own threads: the process gets it, not this thread.
    private static func end(by number: Int32) -> Never {
        signal(number, SIG_DFL)
        kill(getpid(), number)
        sleep(1)
        _exit(128 + number)
    }
}
