import Energy
import Foundation
import GreenDiffusion
import Testing

/// A device file in, plans out.
@Suite struct PlanningTests {
    /// The devices and solutions of the reference cases, as JSON objects.
    private func referenceCases() throws -> [(device: [String: Any], solution: [String: Any])] {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let contents = try Data(contentsOf: tests.appending(path: "EnergyTests/Fixtures/energy_cases.json"))
        let cases = try #require(try JSONSerialization.jsonObject(with: contents) as? [[String: [String: Any]]])
        return try cases.map { (try #require($0["device"]), try #require($0["solution"])) }
    }

    private func parse(_ json: String) throws -> [PlannedDevice] {
        try DeviceFile.parse(Data(json.utf8), path: "devices.json")
    }

    /// The objects of a document's JSON.
    private func objects(_ document: PlanDocument) throws -> [[String: Any]] {
        let data = Data(try document.text(.json).utf8)
        return try #require(try JSONSerialization.jsonObject(with: data) as? [[String: Any]])
    }

    @Test(arguments: [true, false]) func jsonHasTheReferenceFieldsInOrder(fast: Bool) throws {
        let cases = try referenceCases()
        let file = try JSONSerialization.data(withJSONObject: cases.map(\.device))
        let devices = try DeviceFile.parse(file, path: "devices.json")
        let solver = fast ? EnergySolver.fast : .algorithm1(try Algorithm1())
        let results = try objects(PlanDocument(devices: devices, solver: solver))
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
        }
    }

    @Test func missingFieldsAreThePapersDevice() throws {
        let device = try #require(try parse("[{}]").first)
        #expect(device.id == .number(0))
        #expect(try device.problem.compute == ComputeModel())
        #expect(try device.problem.radio == RadioModel())
        #expect(device.problem.payloadBits == 8 * 37e6 && device.problem.timeBudgetSeconds == 15)
    }

    @Test func payloadBitsReplaceTheProduct() throws {
        let devices = try parse(
            #"[{"payload_bits": 1000, "parameter_count": 7}, {"parameter_count": 1000, "bits_per_parameter": 2.5}]"#)
        #expect(devices.map(\.problem.payloadBits) == [1000, 2500])
    }

    @Test func infeasibleDevicesAreResultsWithAWayOut() throws {
        let document = PlanDocument(devices: try parse(#"[{"id": 7, "time_budget_s": 2.5}, {}]"#))
        let results = try objects(document)
        #expect(results[0]["id"] as? Int == 7 && results[0]["feasible"] as? Bool == false)
        let reason = try #require(results[0]["reason"] as? String)
        #expect(
            reason.contains("time budget of at least") && reason.contains("payload of at most")
                && reason.hasSuffix(" bits a parameter)"))
        let bits = try #require(results[0]["bits_per_parameter_largest"] as? Double)
        let seconds = try #require(results[0]["time_budget_smallest_s"] as? Double)
        let repaired = try parse(#"[{"time_budget_s": 2.5, "bits_per_parameter": \#(bits)}, {"time_budget_s": \#(seconds)}]"#)
        #expect(PlanDocument(devices: repaired).plans.allSatisfy { $0.outcome.plan != nil })
        #expect(results[1]["feasible"] as? Bool == true)
    }

    @Test(arguments: [
        (#"[{"distance_m": -3}]"#, "distance_m"), (#"[{"time_budget_s": 0}]"#, "time_budget_s"),
        (#"[{"frequency_min_hz": 2e9}]"#, "frequency_min_hz"), (#"[{"bandwidth_hz": "fast"}]"#, "bandwidth_hz"),
        (#"[{"power_max_w": null}]"#, "power_max_w"), (#"[{"channel_gain": [1]}]"#, "channel_gain"),
        (#"[{"local_iterations": 1.5}]"#, "local_iterations"), (#"[{"samples_per_iteration": 0}]"#, "samples_per_iteration"),
        (#"[{"bits_per_parameter": 0}]"#, "bits_per_parameter"), (#"[{"parameter_count": -1}]"#, "parameter_count"),
        (#"[{"id": true}]"#, "id"), (#"[{"payload_bits": 0}]"#, "payload_bits"), (#"[{"distance": 3}]"#, "distance"),
        (#"[{"distance_m": 1e999}]"#, "distance_m"),
    ])
    func badFieldsAreNamed(json: String, field: String) throws {
        let good = "[{}, " + json.dropFirst()
        let error = #expect(throws: DeviceFieldError.self) { try parse(good) }
        #expect(error?.field == field && error?.index == 1)
        #expect(error?.description.hasPrefix("devices.json, device 1: \(field) ") == true)
    }

    @Test func misspeltFieldsSuggestTheNearest() throws {
        let error = #expect(throws: DeviceFieldError.self) { try parse(#"[{"distanse_m": 3}]"#) }
        #expect(error?.problem.contains("did you mean distance_m?") == true)
    }

    @Test(arguments: ["", "{", "{}", "[1]", "[{\"distance_m\": NaN}]", "null"])
    func damagedFilesAreRefused(json: String) throws {
        #expect(throws: FileError.self) { try parse(json) }
    }

    @Test func missingFileIsNamed() throws {
        #expect(throws: FileError.missing(path: "/no/such/file.json")) { try DeviceFile.read(path: "/no/such/file.json") }
    }

    @Test func timeBudgetReplacesEveryDevices() throws {
        let devices = try parse(#"[{"time_budget_s": 1}, {"distance_m": 90, "bits_per_parameter": 32}]"#)
        #expect(try PlanTimeBudget.asGiven.apply(to: devices) == devices)
        #expect(try PlanTimeBudget.seconds(20).apply(to: devices).map(\.problem.timeBudgetSeconds) == [20, 20])
        let automatic = try PlanTimeBudget.automatic.apply(to: devices)
        let slowest = devices.map(\.problem.smallestTimeBudgetSeconds).max() ?? 0
        #expect(automatic.allSatisfy { $0.problem.timeBudgetSeconds == 1.5 * slowest })
        #expect(PlanDocument(devices: automatic).plans.allSatisfy { $0.outcome.plan != nil })
        #expect(throws: EnergyInputError.self) { try PlanTimeBudget.seconds(-1).apply(to: devices) }
    }

    @Test func csvHasOneLineADeviceAndQuotesText() throws {
        let devices = try parse(#"[{"id": "a,\"b\""}, {"id": "late", "time_budget_s": 1}]"#)
        let lines = try PlanDocument(devices: devices).text(.csv).split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[0].hasPrefix("id,feasible,theta,pi,frequency_hz,power_w,time_compute_s,"))
        #expect(lines[1].hasPrefix("\"a,\"\"b\"\"\",true,0.79"))
        #expect(lines[2].hasPrefix("late,false,,,,,,,,,,,"))
    }

    @Test func tableTellsEnergySavingAndReason() throws {
        let table = try PlanDocument(
            devices: parse(#"[{"id": "near", "bits_per_parameter": 6}, {"id": "late", "time_budget_s": 1}]"#)
        ).text(.table)
        #expect(table.contains("453 mJ") && table.contains("918 mJ") && table.contains("50.7 %"))
        #expect(table.contains("late    infeasible: frequency_max_hz"))
        #expect(table.hasSuffix("1 of 2 devices feasible, 453 mJ together: 294 mJ compute, 158 mJ radio"))
    }

    @Test func noDevicesIsAnEmptyPlan() throws {
        #expect(try objects(PlanDocument(devices: parse("[]"))).isEmpty)
        #expect(try PlanTimeBudget.automatic.apply(to: []).isEmpty)
    }
}
