/// Why a run directory cannot be used, and the way out.
public enum RunDirectoryError: Error, CustomStringConvertible, Equatable {
    /// A new run's folder holds one already.
    case exists(path: String)
    /// The folder holds no run.
    case notARun(path: String)
    /// Another process trains there.
    case busy(path: String)
    /// No checkpoint to resume from.
    case noCheckpoint(path: String)
    /// A file of a checkpoint cannot be used.
    case damagedState(path: String, reason: String)
    /// A resumed run should change a setting that decides the weights.
    case settingChanged(setting: String, saved: String, requested: String)

    /// What is wrong.
    public var problem: String {
        switch self {
        case .exists(let path): "\(path) already holds a run"
        case .notARun(let path): "\(path) is not a run directory (it has no config.yaml)"
        case .busy(let path): "\(path) is in use by another process"
        case .noCheckpoint(let path): "\(path) has no finished round to resume from"
        case .damagedState(let path, let reason): "\(path) cannot be resumed: \(reason)"
        case .settingChanged(let setting, let saved, let requested):
            "a resumed run keeps \(setting) \(saved), not \(requested): another value would be another run"
        }
    }

    /// What to do about it.
    public var wayOut: String {
        switch self {
        case .exists: "resume it, or choose another folder"
        case .notARun: "give the folder that a run was started in"
        case .busy: "wait for it or choose another folder"
        case .noCheckpoint(let path): "start again in another folder with the settings of \(path)/config.yaml"
        case .damagedState: "remove that checkpoint folder to resume from the one before"
        case .settingChanged: "leave it out, or start a run of its own"
        }
    }

    /// One line for people: what is wrong and what to do.
    public var description: String { "\(problem); \(wayOut)" }
}
