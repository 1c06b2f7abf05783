import Datasets
import ImageFiles

extension DataSpecification {
    /// Opens the images at the size that a model sees.
    ///
    /// - Parameters:
    ///   - size: width and height in pixels.
    ///   - syntheticImages: how many images a synthetic set has.
    ///   - seed: of synthetic images.
    ///   - cropMargin: GTSRB's images are cut to the sign's box grown by this share of its side; nil keeps them whole.
    ///   - skipsUnreadable: whether images that cannot be read are left out; otherwise they are an error that names them.
    ///   - classesAreBelowDevices: whether classes of a folder are the folders inside those directly in it, which are devices.
    /// - Throws: `ConfigurationError` for an unknown style, `DatasetError` for unusable files.
    package func open(
        size: ImageSize, syntheticImages: Int, seed: UInt64, cropMargin: Double? = nil, skipsUnreadable: Bool = false,
        classesAreBelowDevices: Bool = false
    ) throws -> any ImageDataset {
        switch self {
        case .synthetic(let style):
            try SyntheticSigns(count: syntheticImages, seed: seed, style: style.map { try Self.style($0) } ?? .day, size: size)
        case .cifar10(let folder): try CIFAR10.load(directory: folder, size: size)
        case .gtsrb(let folder):
            try GTSRB.load(directory: folder, cropMargin: cropMargin, size: size, skipsUnreadable: skipsUnreadable)
        case .folder(let folder):
            try ImageFolder.load(
                directory: folder, size: size, skipsUnreadable: skipsUnreadable, classesAreBelowDevices: classesAreBelowDevices)
        }
    }

    /// The look of that name.
    static func style(_ name: String, setting: String = "data") throws(ConfigurationError) -> SignStyle {
        try SettingFormat<SignStyle>.choice().read(SettingValue(name: "\(setting) synthetic:", text: name))
    }
}

extension DataSpecification {
    /// What is done to images before a model sees them, in a line; nil where they are drawn at its size.
    package func treatment(size: ImageSize, cropMargin: Double?) -> String? {
        let resized = "resized to \(size)"
        let center = size.isSquare ? "the central square" : "the central \(size.proportions) part"
        let stretched = size.isSquare ? resized : "stretched to a square, \(center) \(resized)"
        let shown = "upright by EXIF, transparency over black"
        return switch self {
        case .synthetic: nil
        case .cifar10: size == .square(CIFAR10.side) ? "as they are, \(size)" : "\(center) \(resized)"
        case .gtsrb:
            cropMargin.map { "\(shown), the sign's box and \($0) of its side around it \(stretched)" } ?? "\(shown), \(stretched)"
        case .folder: "\(shown), \(center) \(resized)"
        }
    }
}
