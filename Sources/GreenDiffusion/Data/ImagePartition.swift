import Datasets

/// Where the images of each device come from.
package enum ImagePartition: Equatable, Sendable {
    /// All images, spread by a rule.
    case spread(PartitionRule)
    /// Every folder of the data set's folder is a device.
    case folders
    /// Devices on other machines have images of their own; the server knows how many each has.
    case own(counts: [Int]?)

    /// Whether no machine has all images.
    var isOwn: Bool { if case .own = self { true } else { false } }
}
