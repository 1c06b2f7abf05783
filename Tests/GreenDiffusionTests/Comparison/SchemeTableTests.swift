import Foundation
import GreenDiffusion
import Testing

@Suite struct SchemeTableTests {
    private func record(_ round: Int, _ scheme: String, bits: Double, bytes: Int, energy: Double, devices: Int = 2) throws
        -> SchemeRecord
    {
        let fields: [String: Any] = [
            "round": round, "scheme": scheme, "devices": devices, "devices_infeasible": 2 - devices, "bits_mean": bits,
            "upload_bytes": bytes, "energy_compute_j": energy / 4, "energy_communication_j": energy * 3 / 4,
            "error_absolute": 0.5,
        ]
        return try JSONDecoder().decode(SchemeRecord.self, from: JSONSerialization.data(withJSONObject: fields))
    }

    @Test func rowsAreAveragesOverRounds() throws {
        let table = SchemeTable([
            try record(1, "on-demand", bits: 6, bytes: 100, energy: 1),
            try record(1, "fedavg-32", bits: 32, bytes: 1000, energy: 8),
            try record(2, "on-demand", bits: 7, bytes: 200, energy: 3),
            try record(2, "fedavg-32", bits: 32, bytes: 1000, energy: 8),
            try record(3, "on-demand", bits: 0, bytes: 0, energy: 0, devices: 0),
            try record(3, "fedavg-32", bits: 0, bytes: 0, energy: 0, devices: 0),
        ])
        #expect(table.rows.map(\.scheme) == ["fedavg-32", "on-demand"])
        #expect(table.rows[1].bitsMean == 6.5 && table.rows[1].uploadBytes == 150 && table.rows[1].energyTotalJoules == 2)
        #expect(table.saving(of: table.rows[1]) == 4 && table.saving(of: table.rows[0]) == 1)
        #expect(table.rows[1].devicesInfeasible == 2)
    }

    @Test func theTextIsAligned() throws {
        let table = SchemeTable([
            try record(1, "on-demand", bits: 6.7, bytes: 15_000_000, energy: 5.1),
            try record(1, "fedavg-32", bits: 32, bytes: 72_400_000, energy: 23.6),
        ])
        let lines = table.text.split(separator: "\n")
        #expect(lines.count == 3 && lines[0].hasPrefix("scheme      bits   upload/round"))
        #expect(lines[2].contains("15.0 MB") && lines[2].contains("5.10 J") && lines[2].hasSuffix("4.63x"))
        let column = lines[0].range(of: "energy/round")?.lowerBound.utf16Offset(in: lines[0])
        #expect(lines[1].range(of: "23.6 J")?.lowerBound.utf16Offset(in: lines[1]) == column)
    }

    @Test func noRoundsGiveNoRows() { #expect(SchemeTable([]).rows.isEmpty && !SchemeTable([]).text.isEmpty) }
}
