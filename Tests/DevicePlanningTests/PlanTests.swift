import DevicePlanning
import Energy
import Foundation
import Storage
import Testing

/// A device file in, plans out.
@Suite struct PlanTests {
    /// The devices and solutions of the reference cases, as JSON objects.
    private func referenceCases() throws -> [(device: [String: Any], solution: [String: Any])] {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let contents = try Data(contentsOf: tests.appending(path: "EnergyTests/Fixtures/energy_cases.json"))
        let cases = try #require(try JSONSerialization.jsonObject(with: contents) as? [[String: [String: Any]]])
        return try cases.map { (try #require($0["device"]), try #require($0["solution"])) }
    }

    @Test(arguments: [true, false]) func jsonHasTheReferenceFieldsInOrder(fast: Bool) throws {
        let cases = try referenceCases()
        let file = try PlanFile(String(decoding: JSONSerialization.data(withJSONObject: cases.map(\.device)), as: UTF8.self))
        let solver = fast ? EnergySolver.fast : .algorithm1(try Algorithm1())
        let results = try file.objects { $0.solver = solver }
        try #require(results.count == 84)
        for (result, (_, solution)) in zip(results, cases) {
            #expect(result["id"] as? String == solution["id"] as? String)
            let feasible = try #require(solution["feasible"] as? Bool)
            #expect(result["feasible"] as? Bool == feasible)
            #expect((result["reason"] is String) != feasible)
            #expect(Set(result.keys).isSuperset(of: solution.keys))
            #expect((result["energy_even_split_j"] != nil) == (solution["energy_even_split_j"] != nil))
            #expect((result["iterations"] != nil) == !fast)
            guard feasible else { continue }
            let energy = try #require(result["energy_total_j"] as? Double)
            let expected = try #require(solution["energy_total_j"] as? Double)
            #expect(abs(energy - expected) <= (fast ? 1e-9 : 1e-6) * expected)
            #expect(try #require(result["kkt_residual"] as? Double) <= (fast ? 1e-8 : 1e-2))
            #expect(try #require(result["duality_gap_relative"] as? Double) <= (fast ? 1e-8 : 1e-2))
        }
    }

    @Test func theSameBytesForAnyThreads() throws {
        let lines = (0..<20_000).map { #"{"id": "d\#($0)", "distance_m": \#(5 + $0 % 140), "time_budget_s": \#(2 + $0 % 17)}"# }
        let file = try PlanFile(lines.joined(separator: "\n"), name: "devices.ndjson")
        for format in PlanFormat.allCases {
            let one = try file.plan { $0.format = format }.text
            let three = try file.plan {
                $0.format = format
                $0.threads = 3
            }.text
            #expect(one == three, "\(format)")
        }
    }

    @Test func everyFormatHoldsTheSameNumbers() throws {
        let file = try PlanFile(#"[{"id": "a"}, {"id": "late", "time_budget_s": 1}, {"distance_m": 80}]"#)
        let objects = try file.objects()
        let lines = try file.plan { $0.format = .ndjson }.text.split(separator: "\n")
        let rows = try file.plan { $0.format = .csv }.text.split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        try #require(lines.count == 3 && rows.count == 4)
        for (index, object) in objects.enumerated() {
            let line = try #require(try JSONSerialization.jsonObject(with: Data(lines[index].utf8)) as? NSDictionary)
            #expect(line == object as NSDictionary)
            guard object["feasible"] as? Bool == true else { continue }
            for name in ["theta", "energy_total_j", "kkt_residual"] {
                let column = try #require(rows[0].firstIndex(of: Substring(name)))
                #expect(lines[index].contains("\"\(name)\":\(rows[index + 1][column])"))
            }
        }
    }

    @Test func infeasibleDevicesAreResultsWithAWayOut() throws {
        let results = try PlanFile(#"[{"id": 7, "time_budget_s": 2.5}, {}]"#).objects()
        #expect(results[0]["id"] as? Int == 7 && results[0]["feasible"] as? Bool == false)
        let reason = try #require(results[0]["reason"] as? String)
        #expect(
            reason.contains("time budget of at least") && reason.contains("payload of at most")
                && reason.hasSuffix(" bits a parameter)"))
        let bits = try #require(results[0]["bits_per_parameter_largest"] as? Double)
        let seconds = try #require(results[0]["time_budget_smallest_s"] as? Double)
        let repaired = try PlanFile(#"[{"time_budget_s": 2.5, "bits_per_parameter": \#(bits)}, {"time_budget_s": \#(seconds)}]"#)
        #expect(try repaired.objects().allSatisfy { $0["feasible"] as? Bool == true })
        #expect(results[1]["feasible"] as? Bool == true)
    }

    @Test func timeBudgetReplacesEveryDevices() throws {
        let file = try PlanFile(#"[{"time_budget_s": 1}, {"distance_m": 90, "bits_per_parameter": 32}]"#)
        let devices = try file.devices()
        func budgets(_ budget: PlanTimeBudget) throws -> [Double] {
            try file.objects { $0.timeBudget = budget }.map { object in
                let theta = try #require(object["theta"] as? Double)
                return try #require(object["time_compute_s"] as? Double) / theta
            }
        }
        #expect(try file.objects()[0]["feasible"] as? Bool == false)
        for seconds in try budgets(.seconds(40)) { #expect(abs(seconds - 40) < 1e-9) }
        let slowest = devices.map(\.problem.smallestTimeBudgetSeconds).max() ?? 0
        for seconds in try budgets(.automatic) { #expect(abs(seconds / (1.5 * slowest) - 1) < 1e-12) }
        #expect(throws: EnergyInputError.self) { try file.plan { $0.timeBudget = .seconds(-1) } }
    }

    @Test func csvHasOneLineADeviceAndQuotesText() throws {
        let file = try PlanFile(#"[{"id": "a,\"b\""}, {"id": "late", "time_budget_s": 1}]"#)
        let lines = try file.plan { $0.format = .csv }.text.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[0].hasPrefix("id,feasible,theta,pi,frequency_hz,power_w,time_compute_s,"))
        #expect(
            lines[0].hasSuffix(
                ",kkt_residual,duality_gap_relative,energy_model,operating_schedule,energy_idle_j,time_download_s,energy_download_j,flops_per_joule"
            ))
        #expect(lines[1].hasPrefix("\"a,\"\"b\"\"\",true,0.79"))
        #expect(lines[2].hasPrefix("late,false,,,,,,,,,,,"))
    }

    @Test func namesSurviveEveryFormat() throws {
        let name = "ü \"quoted\" \\ \n\t\u{1}/\u{1F600}"
        let escaped = String(decoding: try JSONEncoder().encode([name]).dropFirst().dropLast(), as: UTF8.self)
        let file = try PlanFile("[{\"id\": \(escaped)}, {\"id\": \"\\u00fc\\ud83d\\ude00\\/\"}]")
        let results = try file.objects()
        #expect(results[0]["id"] as? String == name)
        #expect(results[1]["id"] as? String == "ü\u{1F600}/")
    }

    @Test func tableTellsEnergySavingReasonAndCertificate() throws {
        let file = try PlanFile(#"[{"id": "near", "bits_per_parameter": 6}, {"id": "late", "time_budget_s": 1}]"#)
        let table = try file.plan().text
        #expect(table.contains("453 mJ") && table.contains("918 mJ") && table.contains("50.7 %"))
        #expect(table.contains("late    infeasible: frequency_max_hz"))
        #expect(
            table.contains(
                "1 of 2 devices feasible, 453 mJ together: 294 mJ compute, 158 mJ radio, modelled by the paper's tau f³\n"))
        #expect(table.contains("\nlargest KKT residual ") && table.contains("largest relative duality gap "))
        let printed = try file.plan { $0.equations = .printed }.text
        #expect(printed.contains("largest relative duality gap 0."))
    }

    @Test(arguments: [("[]", "json"), (" [ ] \n", "json"), ("id,distance_m\n", "csv"), ("\n\n", "ndjson")])
    func noDeviceIsAnError(text: String, format: String) throws {
        let file = try PlanFile(text, name: "devices.\(format)")
        let error = #expect(throws: FileError.self) { try file.plan() }
        #expect(error?.reason.hasPrefix("it has no device; write ") == true)
        // Nor is there a plan where every device is skipped.
        #expect(throws: UnusableDevices.self) { try PlanFile(#"[{"distance_m": 0}]"#).plan { $0.skipInvalid = true } }
    }

    @Test func badDevicesStopEverythingUnlessSkipped() throws {
        var lines = (0..<20_000).map { #"{"id": \#($0)}"# }
        lines[17] = #"{"id": 17, "distance_m": -3}"#
        lines[9_000] = #"{"id": 9000, "distance_m": 45"#
        lines[19_999] = #"{"distanse_m": 3}"#
        let file = try PlanFile(lines.joined(separator: "\n"), name: "devices.ndjson")
        var written = 0
        let error = #expect(throws: UnusableDevices.self) {
            try PlanJob(path: file.path, options: PlanJob.Options()).run(write: { written += $0.count })
        }
        #expect(written == 0)
        #expect(error?.count == 3 && error?.devices == 20_000)
        #expect(error?.shown.map(\.line) == [18, 9_001, 20_000])
        #expect(
            error?.lines[0] == "\(file.path), line 18, device 17: distance_m -3.0 m is outside 0.001...1000000000.0; "
                + "give the distance to the server in metres, above 0")

        let (text, reports) = try file.plan {
            $0.skipInvalid = true
            $0.format = .ndjson
        }
        #expect(text.split(separator: "\n").count == 19_997)
        #expect(reports.count == 4 && reports[3].hasSuffix("skipped 3 of 20000 devices"))
        #expect(reports[2].contains("did you mean distance_m?"))
    }
}
