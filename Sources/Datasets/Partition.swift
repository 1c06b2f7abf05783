import Glibc
import Kernels

/// How images are spread over devices.
package enum PartitionRule: Equatable, Sendable {
    /// Equal shares of a random order.
    case iid
    /// Each class in shares drawn from a symmetric Dirichlet distribution: the smaller `alpha`, the fewer classes a device sees.
    case dirichlet(alpha: Double)
}

extension ImageDataset {
    /// The image indices of each device, ascending: every image on exactly one device, groups whole, no device empty.
    ///
    /// A pure function of data, rule and seed. Throws where there are fewer groups than devices or `alpha` is not positive.
    package func partition(devices: Int, rule: PartitionRule, seed: UInt64) throws(DatasetError) -> [[Int]] {
        guard devices >= 1 else {
            throw DatasetError(source: name, problem: "a partition over \(devices) devices", remedy: "use at least 1")
        }
        let units = groupedIndices()
        guard units.count >= devices else {
            throw DatasetError(
                source: name, problem: "\(count) images in \(units.count) groups cannot fill \(devices) devices",
                remedy: "use at most \(units.count) devices or more data")
        }
        var shares: [[Int]]
        switch rule {
        case .iid: shares = dealEvenly(units.count, devices: devices, seed: seed)
        case .dirichlet(let alpha):
            guard alpha.isFinite, (1e-3...1e6).contains(alpha) else {
                throw DatasetError(source: name, problem: "Dirichlet alpha \(alpha)", remedy: "use 0.001...1000000")
            }
            shares = drawByLabel(units, devices: devices, alpha: alpha, seed: seed)
        }
        fillEmptyDevices(&shares)
        return shares.map { $0.flatMap { units[$0] }.sorted() }
    }

    /// The image indices of each device where the images of a folder directly below the data set's are those of one device, which has the
    /// folder's name.
    ///
    /// - Throws: a folder without images, or images that lie in none of the folders.
    package func partition(byFolders names: [String]) throws(DatasetError) -> [[Int]] {
        let devices = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
        var shares = [[Int]](repeating: [], count: names.count)
        for index in 0..<count {
            let parts = fileName(at: index)?.split(separator: "/") ?? []
            guard parts.count > 1, let device = devices[String(parts[0])] else {
                throw DatasetError(
                    source: name, problem: "\(parts.last ?? "an image") lies beside the devices' folders",
                    remedy: "put every image into the folder of a device, or use another partition")
            }
            shares[device].append(index)
        }
        if let empty = shares.firstIndex(where: \.isEmpty) {
            throw DatasetError(
                source: name, problem: "the folder \(names[empty]), which is a device, has no image",
                remedy: "give it images, or remove the folder")
        }
        return shares
    }

    /// Image indices by group, in the order of their first image.
    private func groupedIndices() -> [[Int]] {
        var positions: [Int: Int] = [:]
        var units: [[Int]] = []
        for index in 0..<count {
            if let position = positions[group(at: index)] {
                units[position].append(index)
            } else {
                positions[group(at: index)] = units.count
                units.append([index])
            }
        }
        return units
    }

    /// Unit numbers of each device, as many on each as possible.
    private func dealEvenly(_ units: Int, devices: Int, seed: UInt64) -> [[Int]] {
        var random = CounterRandom(seed: seed, stream: .partition).generator()
        let order = (0..<units).shuffled(using: &random)
        return (0..<devices).map { device in stride(from: device, to: units, by: devices).map { order[$0] } }
    }

    /// Unit numbers of each device: every class is shuffled and cut where its drawn proportions say.
    private func drawByLabel(_ units: [[Int]], devices: Int, alpha: Double, seed: UInt64) -> [[Int]] {
        var byLabel = [[Int]](repeating: [], count: classNames.count)
        for (number, unit) in units.enumerated() { byLabel[label(at: unit[0])].append(number) }
        var shares = [[Int]](repeating: [], count: devices)
        for (label, members) in byLabel.enumerated() where !members.isEmpty {
            var random = CounterRandom(seed: seed, stream: .partition, item: UInt32(label) + 1).generator()
            let proportions = random.nextDirichlet(alpha: alpha, count: devices)
            let order = members.shuffled(using: &random)
            var (start, cumulative) = (0, 0.0)
            for device in 0..<devices {
                cumulative += proportions[device]
                let end =
                    device == devices - 1 ? order.count : min(order.count, Int((cumulative * Double(order.count)).rounded()))
                shares[device].append(contentsOf: order[start..<max(start, end)])
                start = max(start, end)
            }
        }
        return shares
    }

    /// Moves one unit from the fullest device to each empty one.
    private func fillEmptyDevices(_ shares: inout [[Int]]) {
        for device in shares.indices where shares[device].isEmpty {
            let fullest = shares.indices.max { (shares[$0].count, -$0) < (shares[$1].count, -$1) } ?? device
            if let unit = shares[fullest].popLast() { shares[device].append(unit) }
        }
    }
}

extension CounterGenerator {
    /// Proportions from a symmetric Dirichlet distribution; they sum to 1.
    ///
    /// Gamma variates are kept as logarithms, so that even the smallest `alpha` does not underflow to all zeros.
    package mutating func nextDirichlet(alpha: Double, count: Int) -> [Double] {
        let logarithms = (0..<count).map { _ in nextLogGamma(shape: alpha) }
        let largest = logarithms.max() ?? 0
        let weights = logarithms.map { exp($0 - largest) }
        let total = weights.reduce(0, +)
        return weights.map { $0 / total }
    }

    /// The logarithm of a Gamma(shape, 1) variate: Marsaglia and Tsang, "A Simple Method for Generating Gamma Variables" (2000),
    /// for `shape + 1`, times `U^(1/shape)`.
    private mutating func nextLogGamma(shape: Double) -> Double {
        let d = shape + 1 - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = nextNormal()
            let v = (1 + c * x) * (1 + c * x) * (1 + c * x)
            guard v > 0 else { continue }
            if log(1 - nextUniform()) < 0.5 * x * x + d - d * v + d * log(v) {
                return log(d * v) + log(1 - nextUniform()) / shape
            }
        }
    }
}
