/// Where a setting's value was written: decides how errors name it.
public enum SettingOrigin: Sendable, Equatable {
    /// A command-line flag.
    case flag
    /// A YAML file.
    case file(String)

    /// The setting as the user wrote it.
    func name(of setting: Setting) -> String {
        switch self {
        case .flag: "--\(setting.rawValue)"
        case .file(let path): "\(path): \(setting.rawValue)"
        }
    }
}
