import Storage

/// Which weights a run starts from, as the setting `init` names them.
public enum ModelSource: Sendable, Equatable {
    /// A checkpoint folder that diffusers opens, too.
    case checkpoint(folder: String)
    /// A model that is part of this program.
    case builtin(name: String)

    /// Reads `builtin:NAME` or a folder.
    public init(parsing text: String, setting: String = "init") throws(ConfigurationError) {
        let value = SettingValue(name: setting, text: text)
        let (kind, argument) = value.halves
        if kind == "builtin" {
            guard let argument, !argument.isEmpty else {
                throw value.failure("names no model", wayOut: "write builtin:signs-small, or a checkpoint folder")
            }
            self = .builtin(name: argument)
        } else {
            guard !text.isEmpty else {
                throw value.failure("names no checkpoint", wayOut: "write builtin:signs-small, or a checkpoint folder")
            }
            self = .checkpoint(folder: expandingHome(text))
        }
    }

    /// The text that `init(parsing:)` reads back.
    public var text: String {
        switch self {
        case .checkpoint(let folder): folder
        case .builtin(let name): "builtin:\(name)"
        }
    }
}
