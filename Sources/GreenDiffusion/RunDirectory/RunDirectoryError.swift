/// Why a run directory cannot be used, and the way out.
public enum RunDirectoryError: Error, CustomStringConvertible, Equatable {
    case exists(path: String)
    case notARun(path: String)
    case busy(path: String)
    case noCheckpoint(path: String)
    case damagedState(path: String, reason: String)
    case settingChanged(setting: String, saved: String, requested: String)

    public var description: String {
        switch self {
        case .exists(let path):
            "\(path) already holds a run; go on with `greendiff train --resume \(path)`, or choose another --out"
        case .notARun(let path):
            "\(path) is not a run directory (it has no config.yaml); give the folder that --out named"
        case .busy(let path):
            "\(path) is in use by another greendiff process; wait for it or choose another --out"
        case .noCheckpoint(let path):
            "\(path) has no finished round to resume from; start again with "
                + "`greendiff train --config \(path)/config.yaml --out ANOTHER_DIR`"
        case .damagedState(let path, let reason):
            "\(path) cannot be resumed: \(reason); remove that checkpoint folder to resume from the one before"
        case .settingChanged(let setting, let saved, let requested):
            "--resume keeps \(setting) \(saved), not \(requested): another value would be another run; "
                + "leave it out, or start a run of its own with --config and --out"
        }
    }
}
