import Datasets
import GreenDiffusion
import ImageQuality

/// The library's errors as a user of the program reads them: settings are flags, ways out are command lines.
enum ErrorText {
    static func line(_ error: any Error) -> String {
        switch error {
        case let error as ConfigurationError where error.wayOut == nil: "\(error.fault); see greendiff train --help"
        case let error as FrameTooLarge: "\(error.problem); if you trust it, allow more with --max-unpacked"
        case let error as DatasetError where error.canSkip:
            "\(error.fault); \(error.remedy), or go on without with --skip-unreadable"
        case let error as EvaluationError:
            "\(error.source) \(error.problem); \(error.wayOut)" + (error.setting.map { " --\($0)" } ?? "")
        case let error as FederatedRunError: line(error)
        case let error as RunDirectoryError: line(error)
        case let error as PretrainingError: line(error)
        default: "\(error)"
        }
    }

    private static func line(_ error: FederatedRunError) -> String {
        switch error {
        case .diverged(_, _, let path):
            "\(error.problem); all rounds before are safe: start again from them with "
                + "`greendiff train --init \(path) --learning-rate SMALLER`"
        case .nothingLearned(_, let cause, let path):
            "\(error.problem); \(wayOut(cause)) with --config \(path)/config.yaml and another --out"
        case .nothingPlanned(let cause): "\(error.problem); \(wayOut(cause))"
        case .memory: "\(error.problem); use a smaller --batch-size or model"
        case .interrupted(_, _, let path): "\(error.problem); go on with `greendiff train --resume \(path)`"
        case .stopped(_, let path):
            "\(error.problem); finished rounds are safe: then go on with `greendiff train --resume \(path)`"
        case .roundsBehind: "--\(error.problem); --rounds counts from the run's beginning"
        case .decayIsFixed(let path, _, _):
            "--\(error.problem); start from its model with `--init \(path)/model --out ANOTHER_DIR`"
        }
    }

    /// What to do where a round changed nothing.
    static func wayOut(_ cause: EmptyRound) -> String {
        cause.timeBudgetText.map { "give --time-budget \($0)" } ?? cause.wayOut
    }

    private static func line(_ error: RunDirectoryError) -> String {
        switch error {
        case .exists(let path): "\(error.problem); go on with `\(resume(path))`, or choose another --out"
        case .occupied: "\(error.problem); choose another --out"
        case .otherKind(let path, _): "\(error.problem); go on with `\(resume(path))`, or choose another --out"
        case .notARun: "\(error.problem); give the folder that --out named"
        case .busy(let path): busy(path)
        case .noCheckpoint(let path):
            "\(error.problem); start again with `greendiff train --config \(path)/config.yaml --out ANOTHER_DIR`"
        case .noSuchCheckpoint(_, let kind, _, _): "\(error.problem); leave out --from-\(kind.unit) to go on from the newest"
        case .damaged(let run, let kind, _, _, let older?):
            "\(error.problem); put it back, or go on from the one before with `\(command(kind)) --resume \(run) --from-\(kind.unit) \(older)`"
        case .damaged(let run, let kind, _, _, nil):
            "\(error.problem); put it back, or start a run of its own with `\(command(kind)) --init \(run) --out ANOTHER_DIR`"
        case .settingChanged(let setting, let saved, let requested):
            "--resume keeps \(setting) \(saved), not \(requested): another value would be another run; "
                + "leave it out, or start a run of its own with --config and --out"
        case .settingsEdited: "\(error)"
        case .inputChanged: "--\(error.problem); put it back, or start a run of its own with another --out"
        }
    }

    private static func command(_ kind: RunKind) -> String { kind == .federated ? "greendiff train" : "greendiff pretrain" }

    /// The command line that goes on with the run in a folder.
    private static func resume(_ path: String) -> String { "\(command(RunKind(at: path) ?? .federated)) --resume \(path)" }

    private static func line(_ error: PretrainingError) -> String {
        switch error {
        case .stepsBehind: "--\(error.problem); --steps counts from the run's beginning"
        case .decayIsFixed(let path, _, _):
            "--\(error.problem); start from its model with `--init \(path)/model --out ANOTHER_DIR`"
        case .diverged(_, let path):
            "\(error.problem); start again with a smaller --learning-rate, from scratch or with `--init \(path)/model`"
        case .notSaved(_, let path, _):
            "\(error.problem); the checkpoints before it stand, go on with `greendiff pretrain --resume \(path)`"
        case .interrupted(_, _, let path): "\(error.problem); go on with `greendiff pretrain --resume \(path)`"
        }
    }

    private static func busy(_ path: String) -> String {
        "\(path) is in use by another greendiff process; wait for it or choose another --out"
    }
}
