import Foundation
import Records
import Report
import Testing

@Suite struct SchemeTableTests {
    private func record(
        _ round: Int, _ scheme: String, bits: Double, bytes: Int, energy: Double, devices: Int = 2
    ) -> SchemeRecord {
        var record = SchemeRecord(round: round, scheme: scheme)
        (record.devices, record.devicesInfeasible, record.bitsMean, record.uploadBytes) = (devices, 2 - devices, bits, bytes)
        (record.energyComputeJoules, record.energyCommunicationJoules) = (energy / 4, energy * 3 / 4)
        return record
    }

    @Test func averagesAreOverRounds() {
        let schemes = SchemeAverage.averages([
            record(1, "on-demand", bits: 6, bytes: 100, energy: 1), record(1, "fedavg-32", bits: 32, bytes: 1000, energy: 8),
            record(2, "on-demand", bits: 7, bytes: 200, energy: 3), record(2, "fedavg-32", bits: 32, bytes: 1000, energy: 8),
            record(3, "on-demand", bits: 0, bytes: 0, energy: 0, devices: 0),
            record(3, "fedavg-32", bits: 0, bytes: 0, energy: 0, devices: 0),
        ])
        #expect(schemes.map(\.scheme) == ["fedavg-32", "on-demand"])
        #expect(schemes[1].bitsMean == 6.5 && schemes[1].uploadBytes == 150 && schemes[1].energyTotalJoules == 2)
        #expect(schemes[1].devicesInfeasible == 2)
    }

    @Test func theTextSaysWhichDevicesItCovers() {
        var (served, missed) = (
            record(1, "on-demand", bits: 3, bytes: 9, energy: 1), record(1, "fedavg-32", bits: 32, bytes: 9, energy: 9)
        )
        #expect(SchemeTable.coverage(SchemeAverage.averages([served, missed])) == nil, "records of earlier versions do not say")
        (served.devicesTrained, missed.devicesTrained) = (3, 3)
        (served.devicesInfeasible, missed.devicesInfeasible) = (0, 1)
        let schemes = SchemeAverage.averages([served, missed])
        #expect(
            SchemeTable.coverage(schemes)
                == "2 of 3 device rounds: those that every scheme can serve; fedavg-32 cannot serve 1")
        missed.devicesUnserved = ["phone"]
        served.devicesUnserved = []
        let named = SchemeTable.coverage(SchemeAverage.averages([served, missed]))
        #expect(named?.hasSuffix("can serve; fedavg-32 cannot serve 1 (device phone)") == true)
    }

    @Test func theTextIsAligned() {
        let schemes = SchemeAverage.averages([
            record(1, "on-demand", bits: 6.7, bytes: 15_000_000, energy: 5.1),
            record(1, "on-demand-even", bits: 6.7, bytes: 15_000_000, energy: 10.2),
            record(1, "fedavg-32-optimal", bits: 32, bytes: 72_400_000, energy: 15.3),
            record(1, "fedavg-32", bits: 32, bytes: 72_400_000, energy: 23.6),
        ])
        let lines = SchemeTable.text(schemes).split(separator: "\n")
        #expect(lines.count == 3 && lines.allSatisfy { $0.count <= 120 })
        #expect(lines[0].split(separator: " ").prefix(5) == ["scheme", "bits", "upload", "even", "optimal"])
        #expect(lines[2].contains("15.0 MB") && lines[2].contains("5.10 J") && lines[2].hasSuffix("3.00x     2.00x"))
        let column = lines[0].range(of: "even")?.lowerBound.utf16Offset(in: lines[0])
        #expect(lines[1].range(of: "23.6 J")?.lowerBound.utf16Offset(in: lines[1]) == column)
    }

    /// Records of earlier versions have one split of most schemes.
    @Test func whatIsMissingIsLeftOut() throws {
        let pairs = SchemeAverage.averages([
            record(1, "on-demand", bits: 3, bytes: 100, energy: 1), record(1, "fixed-8", bits: 8, bytes: 300, energy: 2),
            record(1, "fedavg-32", bits: 32, bytes: 1000, energy: 8),
        ]).pairs
        #expect(pairs.map(\.name) == ["fedavg-32", "fixed-8", "on-demand"])
        #expect(pairs.map { $0.bitsSave(against: pairs.reference) } == [1, 4, nil] && pairs.allSatisfy { $0.splitSaves == nil })
    }

    @Test func noRoundsGiveNoRows() {
        #expect(SchemeAverage.averages([]).isEmpty && !SchemeTable.text([]).isEmpty)
    }
}
