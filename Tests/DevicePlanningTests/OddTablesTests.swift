import DevicePlanning
import Energy
import FedRuntime
import TestSupport
import Testing

/// Power tables that were repaired or may be mistakes are told, and planned all the same.
@Suite struct OddTablesTests {
    @Test(arguments: [
        (
            "1e9:0.5 5e8:0.3 2e9:2.2",
            "row 1 (500000000.0 Hz) stands behind row 0 (1000000000.0 Hz); the rows are taken by rising frequency"
        ),
        (
            "5e8:0.4 1e9:0.3 2e9:2.2",
            "power falls with frequency from row 0 (500000000.0 Hz, 0.4 W) to row 1 (1000000000.0 Hz, 0.3 W); plans leave out"
        ),
        (
            "2e9:2.2 1e9:0.3 15e8:0.2 5e8:0.35",
            "the rows are taken by rising frequency; power falls with frequency 2 times, first from row 3"
        ),
        ("1e9:0.5", "row 0 (1000000000.0 Hz) is the only one, and the only frequency; give a row for each that there is"),
        (
            "1e9:0.5 2e9:0.9",
            "row 1 (2000000000.0 Hz, 0.9 W) is the fastest and spends the least on a cycle, so slower ones save nothing"
        ),
    ])
    func eachOddityIsTold(_ table: String, _ words: String) throws {
        let file = try PlanFile("{}\n{\"operating_points\": \"\(table)\"}\n", name: "devices.ndjson")
        let reports = try file.plan { $0.format = .ndjson }.reports
        #expect(reports.count == 1)
        #expect(reports.first?.hasPrefix("\(file.path), line 2, device 1: operating_points: ") == true, "\(reports)")
        #expect(reports.first?.contains(words) == true, "\(reports)")
        #expect(try file.plan { $0.totalBandwidthHertz = 1e8 }.reports == reports, "also of a shared band")
        var told: [String] = []
        _ = try DeviceReader.federatedDevices(
            path: file.path, samples: [1, 1], demand: .ofWeights, bits: 6...8, report: { told.append($0) })
        #expect(told == reports)
    }

    /// What is sound is not mentioned, nor what a profile's measured table has.
    @Test func soundTablesAreNotMentioned() throws {
        let file = try PlanFile(
            #"[{}, {"profile": "pixel-2-xl-big"}, {"operating_points": "5e8:0.3 1e9:0.7"}, {"operating_points": "5e8:0.8V 1e9:1.0V", "dynamic_power_coefficient": 436}]"#
        )
        #expect(try file.plan().reports.isEmpty)
    }

    @Test func thePlanIsThatOfTheSortedTable() throws {
        let plans = try PlanFile(
            #"[{"operating_points": "1e9:0.5 5e8:0.2 2e9:2.2"}, {"operating_points": "5e8:0.2 1e9:0.5 2e9:2.2"}]"#
        ).devices()
        #expect(plans[0].problem == plans[1].problem)
    }

    @Test func onlyTheFirstAreToldOneByOne() throws {
        let lines = (0..<25).map { $0 % 2 == 0 ? #"{"operating_points": "1e9:0.5"}"# : "{}" }
        let file = try PlanFile(lines.joined(separator: "\n"), name: "devices.ndjson")
        let reports = try file.plan { $0.format = .ndjson }.reports
        #expect(reports.count == 11)
        #expect(reports[9].hasPrefix("\(file.path), line 19, device 18: "))
        #expect(reports[10] == "\(file.path): operating_points: and 3 further devices")
    }

    /// Devices that cannot be used are errors, not notes; odd ones among the others are still told.
    @Test func unusableDevicesComeFirst() throws {
        let text = #"[{"operating_points": "1e9:0.5 1e9:0.6"}, {"operating_points": "1e9:-1"}, {"operating_points": "1e9:1"}]"#
        let file = try PlanFile(text)
        #expect(throws: UnusableDevices.self) { try file.plan() }
        let reports = try file.plan { $0.skipInvalid = true }.reports
        #expect(reports.count == 4)
        #expect(reports[0].contains("operating_points[1].frequency_hz 1000000000.0 Hz is outside what no other row has (row 0"))
        #expect(reports[1].contains("operating_points[0].power_w -1.0 W is outside 1e-09...1000000.0"))
        #expect(reports[2].hasSuffix("skipped 2 of 3 devices"))
        #expect(reports[3].contains("device 2: operating_points: row 0"))
    }
}
