import Energy
import Foundation
import Storage
import Testing

/// `plan --total-bandwidth`.
@Suite struct SharedPlanTests {
    private func document(_ file: PlanFile, hertz: Double, auto: Bool = false) throws -> (
        devices: [[String: Any]], summary: [String: Any]
    ) {
        let text = try file.plan {
            $0.totalBandwidthHertz = hertz
            $0.format = .json
            $0.timeBudget = auto ? .automatic : .asGiven
        }.text
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        return (try #require(object["devices"] as? [[String: Any]]), try #require(object["summary"] as? [String: Any]))
    }

    @Test func jsonHasTheContractsFields() throws {
        let file = try PlanFile(#"[{"id": "a"}, {"distance_m": 90, "bandwidth_hz": 1}, {"id": "late", "time_budget_s": 1}]"#)
        let (devices, summary) = try document(file, hertz: 5e7)
        #expect(devices.map { $0["feasible"] as? Bool } == [true, true, false])
        let parts = devices.compactMap { $0["bandwidth_hz"] as? Double }
        #expect(parts.count == 2)
        let used = try #require(summary["bandwidth_used_hz"] as? Double)
        #expect(abs(parts.reduce(0, +) - used) < 1e-3 && used <= 5e7 && used > 4.999e7)
        let energies = devices.compactMap { $0["energy_total_j"] as? Double }
        #expect(abs(energies.reduce(0, +) / (try #require(summary["energy_total_j"] as? Double)) - 1) < 1e-12)
        #expect(try #require(summary["duality_gap_relative"] as? Double) <= 1e-6)
        #expect(try #require(summary["bandwidth_price_j_per_hz"] as? Double) > 0)
        #expect(try #require(summary["energy_equal_bands_j"] as? Double) >= energies.reduce(0, +))
        #expect(summary["devices_served"] as? Int == 2)
        #expect((devices[2]["reason"] as? String)?.hasPrefix("with the whole band to itself: frequency_max_hz") == true)
    }

    @Test func tooNarrowBandsSayWhatSuffices() throws {
        let file = try PlanFile(#"[{"id": "near", "distance_m": 20}, {"id": "far", "distance_m": 90}]"#)
        let (devices, summary) = try document(file, hertz: 5e6)
        #expect(devices.allSatisfy { $0["feasible"] as? Bool == false && $0["bandwidth_smallest_hz"] is Double })
        #expect(summary["feasible"] as? Bool == false)
        let largest = try #require((summary["largest_needs"] as? [[String: Any]])?.first)
        #expect(largest["id"] as? String == "far")
        let needed = try #require(summary["bandwidth_needed_hz"] as? Double)
        #expect(try document(file, hertz: needed).summary["feasible"] as? Bool == true)
        #expect(try document(file, hertz: 5e6, auto: true).summary["feasible"] as? Bool == true)
        let text = try file.plan { $0.totalBandwidthHertz = 5e6 }.text
        #expect(text.contains("no plan: the devices need") && text.contains("most is needed by far ("))
    }

    @Test func theOtherFormatsHoldItToo() throws {
        let file = try PlanFile(#"[{"id": "a"}, {"distance_m": 90}]"#)
        let lines = try file.plan {
            $0.totalBandwidthHertz = 5e7
            $0.format = .ndjson
        }.text.split(separator: "\n")
        #expect(lines.count == 3 && lines[2].hasPrefix("{\"summary\":{"))
        let rows = try file.plan {
            $0.totalBandwidthHertz = 5e7
            $0.format = .csv
        }.text.split(separator: "\n")
        #expect(rows.count == 3 && rows[0].contains(",bandwidth_hz,bandwidth_smallest_hz,energy_model,"))
        let table = try file.plan { $0.totalBandwidthHertz = 5e7 }.text
        #expect(
            table.contains("2 of 2 devices served") && table.contains("equal bands") && table.contains("relative duality gap"))
        #expect(table.contains("radio, modelled by the paper's tau f³; "))
        #expect(throws: FileError.self) { try PlanFile("[]").plan { $0.totalBandwidthHertz = 5e7 } }
    }
}
