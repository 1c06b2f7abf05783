/// Why the folder of a run cannot be used, and the way out.
public enum RunDirectoryError: Error, CustomStringConvertible, Equatable {
    /// A new run's folder holds one already.
    case exists(path: String)
    /// A new run's folder holds a file or folder that the run would replace.
    case occupied(path: String, by: String)
    /// The folder holds a run of another kind.
    case otherKind(path: String, found: RunKind)
    /// The folder holds no run.
    case notARun(path: String, kind: RunKind)
    /// Another process trains there.
    case busy(path: String)
    /// No checkpoint to resume from.
    case noCheckpoint(path: String)
    /// None of that round or step.
    case noSuchCheckpoint(path: String, kind: RunKind, requested: Int, found: [Int])
    /// A file that a checkpoint needs is missing or not as it was written. `older` is the newest checkpoint before it that stands.
    case damaged(run: String, kind: RunKind, path: String, reason: String, older: Int?)
    /// A resumed run should change a setting that decides the weights.
    case settingChanged(setting: String, saved: String, requested: String)
    /// The file of settings says something else than the checkpoint was trained with.
    case settingsEdited(path: String, checkpoint: String, differences: [String])
    /// What the setting names is not what the run was trained with before.
    case inputChanged(setting: String, value: String, reason: String)

    /// What is wrong.
    public var problem: String {
        switch self {
        case .exists(let path): "\(path) already holds a run"
        case .occupied(let path, let place): "\(path) is no run, but holds \(place), which a run would replace"
        case .otherKind(let path, .federated): "\(path) holds a run of federated training"
        case .otherKind(let path, .pretraining): "\(path) holds a pretraining run"
        case .notARun(let path, .federated): "\(path) is not a run directory (it has no config.yaml)"
        case .notARun(let path, .pretraining): "\(path) is not a pretraining run (it has no pretraining.json)"
        case .busy(let path): "\(path) is in use by another process"
        case .noCheckpoint(let path): "\(path) has no finished round to resume from"
        case .noSuchCheckpoint(let path, let kind, let requested, let found):
            "\(path) has no checkpoint of \(kind.unit) \(requested), it has \(Self.list(found))"
        case .damaged(_, _, let path, let reason, _): "\(path) cannot be used: \(reason)"
        case .settingChanged(let setting, let saved, let requested):
            "a resumed run keeps \(setting) \(saved), not \(requested): another value would be another run"
        case .settingsEdited(let path, _, let differences):
            "\(path) is not what the run was trained with: \(differences.prefix(Self.shownDifferences).joined(separator: ", "))"
                + (differences.count > Self.shownDifferences ? " and \(differences.count - Self.shownDifferences) more" : "")
        case .inputChanged(let setting, let value, let reason):
            "\(setting) \(value) is not what the run was trained on: \(reason)"
        }
    }

    /// What to do about it.
    public var wayOut: String {
        switch self {
        case .exists: "resume it, or choose another folder"
        case .occupied, .otherKind: "choose another folder"
        case .notARun: "give the folder that a run was started in"
        case .busy: "wait for it or choose another folder"
        case .noCheckpoint(let path): "start again in another folder with the settings of \(path)/config.yaml"
        case .noSuchCheckpoint: "leave it out to go on from the newest"
        case .damaged(_, let kind, _, _, let older?): "put it back, or resume from the one before, \(kind.unit) \(older)"
        case .damaged(let run, _, _, _, nil): "put it back, or start a run of its own with init \(run)"
        case .settingChanged: "leave it out, or start a run of its own"
        case .settingsEdited(_, let checkpoint, _): "put them back (\(checkpoint) has them), or start a run of its own"
        case .inputChanged: "put it back, or start a run of its own"
        }
    }

    /// One line for people: what is wrong and what to do.
    public var description: String { "\(problem); \(wayOut)" }

    private static let shownDifferences = 4

    private static func list(_ numbers: [Int]) -> String {
        numbers.isEmpty ? "none" : numbers.map(String.init).joined(separator: ", ")
    }
}
