import Datasets
import ImageFiles

extension DataSpecification {
    /// Opens the images at the size that a model sees.
    ///
    /// - Parameters:
    ///   - side: width and height in pixels; CIFAR-10 has 32.
    ///   - syntheticImages: how many images a synthetic set has.
    ///   - seed: of synthetic images.
    /// - Throws: `ConfigurationError` for an unknown style, `DatasetError` for unusable files.
    package func open(side: Int, syntheticImages: Int, seed: UInt64) throws -> any ImageDataset {
        switch self {
        case .synthetic(let style): try SyntheticSigns(count: syntheticImages, seed: seed, style: Self.style(style), side: side)
        case .cifar10(let folder): try CIFAR10.load(directory: folder)
        case .gtsrb(let folder): try GTSRB.load(directory: folder, side: side)
        case .folder(let folder): try ImageFolder.load(directory: folder, side: side)
        }
    }

    static func style(_ name: String?) throws(ConfigurationError) -> SignStyle {
        guard let name else { return .day }
        return try SettingValue(name: "data synthetic:", text: name).choice(SignStyle.self)
    }
}
