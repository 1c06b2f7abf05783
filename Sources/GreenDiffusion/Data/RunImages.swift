import Datasets
import ImageFiles

/// The images of a run: those that devices train on, each on one device, and a few that no device sees.
package struct RunImages {
    package let training: any ImageDataset
    /// nil where the data set is too small to hold some back.
    package let heldOut: (any ImageDataset)?
    /// Indices of `training`, device by device; none is empty. Of images that are not here, one stands for all.
    package let shards: [[Int]]
    /// How many images each device has.
    let counts: [Int]
    /// All images, which are compared when the run is resumed; nil where they are drawn, and the settings decide them.
    let list: ImageList?

    /// Images held back for evaluation, about.
    static let heldOutCount = 256
    /// At most this share of the groups is held back.
    private static let heldOutShare = 0.05
    /// A data set of fewer images, or of fewer groups of them, is used as a whole.
    package static let fewestToHoldOut = 2 * Int(1 / heldOutShare)

    /// Opens the images of a resolved configuration and spreads them over the devices.
    ///
    /// - Parameters:
    ///   - size: of the images that the model sees.
    ///   - devices: how many there are.
    ///   - folders: with partition `folders`, the devices' folders in their order.
    /// - Throws: `DatasetError` for images that cannot be used or do not suffice.
    package init(_ configuration: RunConfiguration, size: ImageSize, devices: Int, folders: [String] = []) throws {
        let seed = configuration.seed
        if case .synthetic(let name) = configuration.data {
            let style = try name.map { try DataSpecification.style($0) } ?? .day
            let count = configuration.images ?? RunConfiguration.imagesPerDevice * devices
            training = try SyntheticSigns(count: count, seed: seed, style: style, size: size)
            heldOut = try SyntheticSigns(count: Self.heldOutCount, seed: seed, style: style, size: size, firstIndex: count)
            list = nil
        } else {
            let isByFolder = configuration.partition == .folders
            let all = try configuration.data.open(
                size: size, syntheticImages: 0, seed: seed, cropMargin: configuration.crop,
                skipsUnreadable: configuration.skipsUnreadable,
                classesAreBelowDevices: isByFolder && configuration.isConditional)
            (training, heldOut) = try Self.split(all, keeping: isByFolder ? all.partition(byFolders: folders) : [], seed: seed)
            list = ImageList(all)
        }
        do {
            if case .spread(let rule) = configuration.partition {
                shards = try training.partition(devices: devices, rule: rule, seed: seed)
            } else {
                shards = try training.partition(byFolders: folders)
            }
        } catch {
            guard let heldOut, configuration.data.isStored else { throw error }
            throw DatasetError(
                source: error.source, line: error.line,
                problem: "\(error.problem) (\(heldOut.count) of \(training.count + heldOut.count) images are held out)",
                remedy: error.remedy)
        }
        counts = shards.map(\.count)
    }

    /// With partition `own`: the images of a device, or at the server how many each has.
    ///
    /// - Throws: `ConfigurationError` for images that are not here; `DatasetError` for ones that cannot be used.
    init(own configuration: RunConfiguration, counts: [Int]?, size: ImageSize, devices: Int, site: RunSite) throws {
        func refusal(_ problem: String, wayOut: String) -> ConfigurationError {
            ConfigurationError(
                Setting.partition.name, configuration.text(of: .partition) ?? "", problem, wayOut: wayOut)
        }
        (heldOut, list) = (nil, nil)
        switch site {
        case .everything:
            throw refusal("is for devices on other machines, but all are here", wayOut: "use iid, or run it on Flower")
        case .server:
            guard let counts, counts.count == devices else {
                throw refusal(
                    "says how many images \(counts?.count ?? 0) devices have, but there are \(devices)",
                    wayOut: "write own:N,N,... with a number for each device")
            }
            training = ImagesElsewhere(count: counts.reduce(0, +), size: size)
            shards = Array(repeating: [0], count: devices)
            self.counts = counts
        case .device:
            guard configuration.data.isStored else {
                throw ConfigurationError(
                    Setting.data.name, configuration.data.text, "are no images of the device's own",
                    wayOut: "name the device's images: data folder:DIR")
            }
            training = try configuration.data.open(
                size: size, syntheticImages: 0, seed: configuration.seed, cropMargin: configuration.crop,
                skipsUnreadable: configuration.skipsUnreadable)
            shards = Array(repeating: Array(0..<training.count), count: devices)
            self.counts = shards.map(\.count)
        }
    }

    /// Holds back a random few groups, whole; of each of the `shares` at least one image stays.
    static func split(
        _ all: any ImageDataset, keeping shares: [[Int]] = [], seed: UInt64
    ) throws(DatasetError) -> (training: any ImageDataset, heldOut: (any ImageDataset)?) {
        let parts = max(Int(1 / heldOutShare), all.count / heldOutCount)
        let groups = Set((0..<all.count).map { all.group(at: $0) }).count
        guard groups >= 2 * parts else { return (all, nil) }
        let split = try all.partition(devices: parts, rule: .iid, seed: seed)
        let chosen = Set(split[0])
        let spared = Set(shares.filter { $0.allSatisfy(chosen.contains) }.map { $0[0] })
        let heldOut = split[0].filter { !spared.contains($0) }
        guard !heldOut.isEmpty else { return (all, nil) }
        let training = (split[1...].flatMap { $0 } + spared).sorted()
        return (ImageSubset(all, indices: training), ImageSubset(all, indices: heldOut))
    }
}
