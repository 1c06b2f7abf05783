import DevicePlanning
import Energy
import FedRuntime
import TestSupport
import Testing

/// Power tables that a device file gives by supply voltages, as Linux's device trees do.
@Suite struct VoltageTableFileTests {
    /// The two Cortex-A72 of Rockchip's RK3399: `cluster1_opp` of Linux's arch/arm64/boot/dts/rockchip/rk3399-opp.dtsi (`opp-hz`,
    /// `opp-microvolt`); `dynamic-power-coefficient` 436 of rk3399.dtsi beside it.
    private static let rk3399 =
        "408e6:0.8V 600e6:0.8V 816e6:0.825V 1008e6:0.875V 1200e6:0.95V 1416e6:1.025V 1608e6:1.1V 1800e6:1.2V"

    /// The forms in which the table may be written.
    @Test(arguments: [
        (
            "json",
            #"[{"operating_points": [{"frequency_hz": 5e8, "voltage_v": 0.8}, {"voltage_v": 1, "cycles_scale": 1.25, "frequency_hz": 1e9}], "dynamic_power_coefficient": 400}]"#
        ),
        ("ndjson", #"{"operating_points": "5e8:0.8V 1e9:1.0v:1.25", "dynamic_power_coefficient": 400}"#),
        ("csv", "operating_points,dynamic_power_coefficient\n5e8:0.8V 1e9:1.0V:1.25,400\n"),
    ])
    func voltagesBecomePowers(_ format: String, _ text: String) throws {
        let device = try #require(try PlanFile(text, name: "devices.\(format)").devices().first)
        guard case .table(let table) = device.problem.compute.power else {
            Issue.record("\(device.problem.compute.power)")
            return
        }
        // 400 uW/MHz/V^2 * 500 MHz * 0.64 V^2, 400 * 1000 * 1.
        for (row, (watts, scale)) in zip(table.rows, [(0.128, 1), (0.4, 1.25)]) {
            #expect(abs(row.powerWatts / watts - 1) < 1e-15 && row.cyclesScale == scale)
        }
    }

    /// From the highest to the lowest row a cycle's energy falls by the square of the voltages, not of the frequencies.
    @Test func energyFallsWithTheSquareOfTheVoltage() throws {
        let fields = #""operating_points": "\#(Self.rk3399)", "dynamic_power_coefficient": 436, "time_budget_s": 100"#
        let devices = [#"\#(fields), "frequency_min_hz": 1.8e9"#, #"\#(fields), "frequency_max_hz": 408e6"#, fields]
        let plans = try PlanFile("[\(devices.map { "{\($0)}" }.joined(separator: ", "))]").objects()
        let joules = plans.compactMap { $0["energy_compute_j"] as? Double }
        try #require(joules.count == 3)
        #expect(abs(joules[0] / (436e-12 * 1.2 * 1.2 * 512 * 3.25e6) - 1) < 1e-12)
        #expect(abs(joules[0] / joules[1] - 2.25) < 1e-12, "(1.2 V / 0.8 V)^2, where f^2 says 19")
        #expect(abs(joules[2] / joules[1] - 1) < 1e-12, "the lowest voltage is the cheapest")
    }

    @Test func aProfilesTableIsThatOfItsVoltages() throws {
        let text = #"[{"operating_points": "\#(Self.rk3399)", "dynamic_power_coefficient": 872}]"#
        let device = try #require(try PlanFile(text).devices().first)
        let profile = try #require(try DeviceProfile.named("rk3399-big").operatingPoints)
        #expect(device.problem.compute.power == .table(profile), "of two cores")
        let files = try PlanFile(text)
        let federated = try DeviceReader.federatedDevices(path: files.path, samples: [1], demand: .ofWeights, bits: 6...8)
        #expect(federated.map(\.processor.power) == [.table(profile)])
    }

    @Test(arguments: [
        (
            #""operating_points": [{"frequency_hz": 1e9, "voltage_v": 0.8}]"#,
            "operating_points has voltage_v 0.8 V in row 0 without dynamic_power_coefficient; add it"
        ),
        (
            #""dynamic_power_coefficient": 436"#,
            "dynamic_power_coefficient goes with voltages, but operating_points is missing; give voltage_v"
        ),
        (
            #""dynamic_power_coefficient": 436, "profile": "rk3399-big""#,
            "dynamic_power_coefficient goes with voltages, but operating_points is missing"
        ),
        (
            #""dynamic_power_coefficient": 436, "operating_points": [[1e9, 1]]"#,
            "but row 0 of operating_points has power_w; give voltage_v in each row"
        ),
        (
            #""dynamic_power_coefficient": 436, "operating_points": "5e8:0.3 1e9:0.4 2e9:1.0V""#,
            "operating_points mixes voltages and powers: row 0 has power_w, row 2 has voltage_v; give one of them in all rows"
        ),
        (
            #""dynamic_power_coefficient": 436, "operating_points": [{"frequency_hz": 1e9, "voltage_v": 1, "power_w": 1}]"#,
            "row 0 has both power_w and voltage_v; use an array of"
        ),
        (
            #""dynamic_power_coefficient": 436, "operating_points": "5e8:0.8V 1e9:800000V""#,
            "operating_points[1].voltage_v 800000.0 V is outside 0.1...5.0; give volts: device trees have microvolts"
        ),
        (#""dynamic_power_coefficient": 436, "operating_points": "5e8:0.05V""#, "operating_points[0].voltage_v 0.05 V"),
        (#""dynamic_power_coefficient": 436, "operating_points": "5e8:V""#, "row 0 is \"5e8:V\"; use an array of"),
        (#""dynamic_power_coefficient": 436, "operating_points": [[5e8, 1, 1, 0.8]]"#, "row 0 has a number more"),
        (
            #""dynamic_power_coefficient": 436e-6, "operating_points": "5e8:0.8V""#,
            "dynamic_power_coefficient 0.000436 uW/MHz/V^2 is outside 1.0...100000.0; give dynamic-power-coefficient as"
        ),
        (
            #""dynamic_power_coefficient": 2e5, "operating_points": "5e8:0.8V""#,
            "dynamic_power_coefficient 200000.0 uW/MHz/V^2"
        ),
        (#""dynamic_power_coefficient": "x", "operating_points": "5e8:0.8V""#, "dynamic_power_coefficient is the text \"x\""),
    ])
    func whatCannotBeUsedIsNamed(fields: String, words: String) throws {
        let error = #expect(throws: UnusableDevices.self) { try PlanFile("[{\(fields)}]").plan() }
        #expect(error?.lines.contains { $0.contains(words) } == true, "\(error?.lines as Any)")
    }
}
