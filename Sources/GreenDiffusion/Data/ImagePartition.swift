import Datasets

/// Where the images of each device come from.
package enum ImagePartition: Equatable, Sendable {
    /// All images, spread by a rule.
    case spread(PartitionRule)
    /// Every folder of the data set's folder is a device.
    case folders
}
