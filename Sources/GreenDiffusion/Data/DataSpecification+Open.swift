import Datasets
import ImageFiles

extension DataSpecification {
    /// Opens the images at the size that a model sees.
    ///
    /// - Parameters:
    ///   - side: width and height in pixels; CIFAR-10 has 32.
    ///   - syntheticImages: how many images a synthetic set has.
    ///   - seed: of synthetic images.
    ///   - cropMargin: GTSRB's images are cut to the sign's box grown by this share of its side; nil keeps them whole.
    /// - Throws: `ConfigurationError` for an unknown style, `DatasetError` for unusable files.
    package func open(side: Int, syntheticImages: Int, seed: UInt64, cropMargin: Double? = nil) throws -> any ImageDataset {
        switch self {
        case .synthetic(let style):
            try SyntheticSigns(count: syntheticImages, seed: seed, style: style.map { try Self.style($0) } ?? .day, side: side)
        case .cifar10(let folder): try CIFAR10.load(directory: folder)
        case .gtsrb(let folder): try GTSRB.load(directory: folder, cropMargin: cropMargin, side: side)
        case .folder(let folder): try ImageFolder.load(directory: folder, side: side)
        }
    }

    /// The look of that name.
    static func style(_ name: String, setting: String = "data") throws(ConfigurationError) -> SignStyle {
        try SettingFormat<SignStyle>.choice().read(SettingValue(name: "\(setting) synthetic:", text: name))
    }
}
