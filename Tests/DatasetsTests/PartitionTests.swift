import Datasets
import ImageFiles
import Testing

/// Images without pixels worth looking at: `labels[i]` and `groups[i]`.
private func dataset(labels: [Int], groups: [Int]? = nil, classes: Int) -> StoredImages {
    StoredImages(
        name: "test", size: .square(1), classNames: (0..<classes).map { "class \($0)" }, allowsHorizontalFlip: false,
        labels: labels, groups: groups, pixels: [UInt8](repeating: 0, count: labels.count * 3))
}

/// 10 classes; tracks of 30 frames, as in GTSRB.
private let tracks = dataset(
    labels: (0..<3_000).map { $0 / 30 % 10 }, groups: (0..<3_000).map { $0 / 30 + 1_000 }, classes: 10)
private let singles = dataset(labels: (0..<3_000).map { $0 % 10 }, classes: 10)

@Suite struct PartitionTests {
    @Test(arguments: [PartitionRule.iid, .dirichlet(alpha: 0.01), .dirichlet(alpha: 0.5), .dirichlet(alpha: 100)], [1, 7, 100])
    func everyImageIsOnExactlyOneDeviceAndNoneIsEmpty(rule: PartitionRule, devices: Int) throws {
        for set in [tracks, singles] {
            let shares = try set.partition(devices: devices, rule: rule, seed: 11)
            #expect(shares.count == devices)
            #expect(shares.allSatisfy { !$0.isEmpty })
            #expect(shares.flatMap { $0 }.sorted() == Array(0..<set.count))
            #expect(shares.allSatisfy { $0 == $0.sorted() })
        }
    }

    @Test(arguments: [PartitionRule.iid, .dirichlet(alpha: 0.3)])
    func tracksStayWhole(rule: PartitionRule) throws {
        let shares = try tracks.partition(devices: 9, rule: rule, seed: 2)
        let groups = shares.map { Set($0.map { tracks.group(at: $0) }) }
        #expect(groups.reduce(0) { $0 + $1.count } == Set(groups.flatMap { $0 }).count)
    }

    @Test func seedDecides() throws {
        let first = try singles.partition(devices: 5, rule: .dirichlet(alpha: 0.5), seed: 1)
        #expect(try singles.partition(devices: 5, rule: .dirichlet(alpha: 0.5), seed: 1) == first)
        #expect(try singles.partition(devices: 5, rule: .dirichlet(alpha: 0.5), seed: 2) != first)
        #expect(try singles.partition(devices: 5, rule: .iid, seed: 1) != singles.partition(devices: 5, rule: .iid, seed: 2))
    }

    @Test func equalSharesDifferByAtMostOneGroup() throws {
        let sizes = try singles.partition(devices: 7, rule: .iid, seed: 4).map(\.count)
        #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
    }

    /// Mean squared class share of a device: 1/classes for equal shares, towards 1 for one class a device.
    @Test func alphaControlsTheSkew() throws {
        func concentration(_ alpha: Double) throws -> Double {
            let shares = try singles.partition(devices: 10, rule: .dirichlet(alpha: alpha), seed: 6)
            return shares.reduce(0) { sum, share in
                var counts = [Double](repeating: 0, count: 10)
                for index in share { counts[singles.label(at: index)] += 1 }
                return sum + counts.reduce(0) { $0 + ($1 / Double(share.count)) * ($1 / Double(share.count)) } / 10
            }
        }
        let values = try [0.05, 0.5, 5, 500].map(concentration)
        #expect(values == values.sorted(by: >), "\(values)")
        #expect(values[0] > 0.5 && values[3] < 0.11, "\(values)")
    }

    @Test func impossiblePartitionsAreRefused() {
        let small = dataset(labels: [0, 0, 1, 1], groups: [0, 0, 1, 1], classes: 2)
        #expect(throws: DatasetError.self) { try small.partition(devices: 3, rule: .iid, seed: 1) }
        #expect(throws: DatasetError.self) { try small.partition(devices: 0, rule: .iid, seed: 1) }
        for alpha in [0, -1, .nan, .infinity] {
            #expect(throws: DatasetError.self) { try small.partition(devices: 2, rule: .dirichlet(alpha: alpha), seed: 1) }
        }
    }
}
