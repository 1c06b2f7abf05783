import ArgumentParser
import Foundation
import GreenDiffusion

/// What `train` and `pretrain` have in common: Ctrl-C ends the work at a place that it can be resumed from.
enum TrainingJob {
    /// Catches Ctrl-C for as long as the flag lives.
    ///
    /// - Parameter unit: what is finished before the end, e.g. `round`.
    static func begin(finishing unit: String) -> InterruptionFlag {
        // A reader that goes away (`| head`) must not end a training run.
        signal(SIGPIPE, SIG_IGN)
        return InterruptionFlag {
            StandardConsole.error.line("\nfinishing the \(unit) in progress, then saving; Ctrl-C again stops at once")
        }
    }

    /// What a command throws where training ended with `error`: an interruption is told here, and is no failure.
    static func ended(with error: any Error, by interruption: InterruptionFlag) -> any Error {
        switch (error, interruption.status) {
        case (FederatedRunError.interrupted, let status?), (PretrainingError.interrupted, let status?):
            StandardConsole.error.line("greendiff: \(ErrorText.line(error).printableLine())")
            return ExitCode(status)
        default: return error
        }
    }
}
