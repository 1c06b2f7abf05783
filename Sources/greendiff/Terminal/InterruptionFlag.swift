import Dispatch
import Foundation
import Synchronization

/// Turns Ctrl-C (SIGINT) and SIGTERM into a flag, so that a job can end at a place that it can be resumed from.
///
/// The second signal ends the process at once. One object a process, for as long as the job runs.
final class InterruptionFlag {
    private final class State: Sendable {
        let isRaised = Atomic<Bool>(false)
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
                if state.isRaised.exchange(true, ordering: .relaxed) {
                    signal(number, SIG_DFL)
                    raise(number)
                } else {
                    onFirstSignal()
                }
            }
            source.resume()
            return source
        }
    }

    deinit { for source in sources { source.cancel() } }

    /// True after the first signal.
    var isRaised: Bool { state.isRaised.load(ordering: .relaxed) }
}
