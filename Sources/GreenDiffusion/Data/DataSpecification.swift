import Storage

/// Which images a run trains on, as the setting `data` names them.
public enum DataSpecification: Sendable, Equatable {
    /// Drawn traffic signs: no files needed. The style changes their look.
    case synthetic(style: String?)
    /// A folder with the binary or Python version of CIFAR-10.
    case cifar10(folder: String)
    /// A folder with GTSRB as its archive, torchvision or Kaggle lay it out.
    case gtsrb(folder: String)
    /// A folder of JPEG, PNG, WebP or PPM images; folders in it, at any depth, are classes.
    case folder(String)

    /// Reads `synthetic[:STYLE]`, `cifar10:DIR`, `gtsrb:DIR` or `folder:DIR`.
    ///
    /// - Parameters:
    ///   - text: the specification.
    ///   - setting: how errors call the value.
    public init(parsing text: String, setting: String = "data") throws(ConfigurationError) {
        let value = SettingValue(name: setting, text: text)
        let (kind, argument) = value.halves
        if kind == "synthetic" {
            if let argument { _ = try Self.style(argument, setting: setting) }
            self = .synthetic(style: argument)
            return
        }
        guard ["cifar10", "gtsrb", "folder"].contains(kind) else {
            throw value.failure(
                "is not synthetic[:STYLE], cifar10:DIR, gtsrb:DIR or folder:DIR",
                wayOut: "use \(setting) synthetic, or name a kind and a folder")
        }
        guard let argument, !argument.isEmpty else {
            throw value.failure("names no folder", wayOut: "write \(kind):DIR with the folder of the images")
        }
        let folder = expandingHome(argument)
        switch kind {
        case "cifar10": self = .cifar10(folder: folder)
        case "gtsrb": self = .gtsrb(folder: folder)
        default: self = .folder(folder)
        }
    }

    /// Whether the images are in files, so that those held out are missing from training.
    package var isStored: Bool { if case .synthetic = self { false } else { true } }

    /// The text that `init(parsing:)` reads back.
    public var text: String {
        switch self {
        case .synthetic(nil): "synthetic"
        case .synthetic(let style?): "synthetic:\(style)"
        case .cifar10(let folder): "cifar10:\(folder)"
        case .gtsrb(let folder): "gtsrb:\(folder)"
        case .folder(let folder): "folder:\(folder)"
        }
    }
}
