import DevicePlanning
import Energy
import FedRuntime
import TestSupport
import Testing

/// Power tables, the smooth form and real radios in device files: what is read, what is chosen, and what plans say of it.
@Suite struct ProcessorPowerFileTests {
    private static let table = [
        OperatingPoint(frequencyHertz: 5e8, powerWatts: 0.3), OperatingPoint(frequencyHertz: 1e9, powerWatts: 0.5),
        OperatingPoint(frequencyHertz: 2e9, powerWatts: 2.2, cyclesScale: 1.25),
    ]

    /// The forms in which the table may be written.
    @Test(arguments: [
        #"[{"operating_points": [{"frequency_hz": 1e9, "power_w": 0.5}, {"power_w": 2.2, "cycles_scale": 1.25, "frequency_hz": 2e9}, [5e8, 0.3]]}]"#,
        #"[{"operating_points": "1e9:0.5 5e8:0.3  2e9:2.2:1.25"}]"#, "operating_points\n1e9:0.5 5e8:0.3 2e9:2.2:1.25\n",
        "operating_points;distance_m\n\"5e8:0.3|1e9:0.5|2e9:2.2:1.25\";45\n",
    ])
    func aTableIsReadInEveryForm(_ text: String) throws {
        let file = try PlanFile(text, name: text.hasPrefix("[") ? "devices.json" : "devices.csv")
        let device = try #require(try file.devices().first)
        #expect(device.problem.compute.power == .table(try OperatingPoints(Self.table)))
        #expect(device.problem.compute.frequencyMaxHertz == 1.6e9 && device.problem.compute.frequencyMinHertz == 5e8)
    }

    @Test func theDevicesOwnPowerGoesBeforeItsProfiles() throws {
        func power(_ fields: String, _ model: EnergyModel = .table) throws -> ProcessorPower {
            try #require(try PlanFile("[{\(fields)}]").devices(energyModel: model).first).problem.compute.power
        }
        let profile = try DeviceProfile.named("pixel-6-big")
        let measured = try #require(profile.operatingPoints)
        #expect(try power("\"profile\": \"pixel-6-big\"") == .table(measured))
        #expect(try power("\"profile\": \"pixel-6-big\", \"energy_coefficient\": 1e-27") == .law(coefficient: 1e-27))
        #expect(try power("\"profile\": \"pixel-6-big\", \"operating_points\": [[1e9, 1]]").form == .table)
        let law = try power("\"profile\": \"pixel-6-big\"", .paper)
        #expect(abs(law.coefficient / profile.energyCoefficient - 1) < 1e-12, "the law meets the highest row")
        #expect(try power("\"profile\": \"pixel-6-big\"", .smooth).form == .smooth)
        #expect(
            try power("\"tau\": 2e-27, \"power_static_w\": 0.5")
                == .smooth(constantWatts: 0.5, wattsPerHertz: 0, coefficient: 2e-27))
        #expect(
            try power("\"profile\": \"pixel-6-big\", \"frequency_max_hz\": 1e9, \"frequency_min_hz\": 9e8").frequencies == [984e6]
        )
    }

    @Test func receivingTakesItsTimeFromTheBudget() throws {
        let plans = try PlanFile(
            #"[{"downlink_bits": 5.2e7, "receiver_power_w": 0.5}, {"downlink_bits": 5e7, "downlink_bits_per_s": 1e7, "time_budget_s": 20}, {}, {"time_budget_s": 11}]"#
        ).objects()
        #expect(plans[0]["time_download_s"] as? Double == 4 && plans[0]["energy_download_j"] as? Double == 2)
        #expect(plans[1]["time_download_s"] as? Double == 5 && plans[1]["energy_download_j"] as? Double == 0)
        #expect(plans[2]["time_download_s"] == nil)
        for field in ["frequency_hz", "power_w", "energy_total_j", "theta"] {
            #expect(plans[0][field] as? Double == plans[3][field] as? Double, "\(field)")
            #expect(plans[1][field] as? Double == plans[2][field] as? Double, "\(field)")
        }
    }

    /// The law plans a laptop at tens of megahertz; its measured rows do not go there.
    @Test func plansThatNoProcessorKeepsAreFlagged() throws {
        let device =
            #"[{"profile": "laptop-x86", "cycles_per_sample": 1e7, "time_budget_s": 1e3, "id": "book"}, {"id": "plain"}]"#
        let plans = try PlanFile(device).objects()
        #expect(try #require(plans[0]["flops_per_joule"] as? Double) > ComputeModel.plausibleFLOPsPerJoule)
        #expect(plans[1]["flops_per_joule"] == nil, "nothing is known of what it does in a cycle")
        #expect(
            try PlanFile(device).plan { $0.format = .table }.text.contains(
                "warning: 1 of the plans take more than 100 GFLOP out of a joule, book "))
        let measured = try PlanFile(#"[{"profile": "pixel-6-big", "cycles_per_sample": 1e7, "time_budget_s": 1e3}]"#)
        #expect(try #require(measured.objects()[0]["flops_per_joule"] as? Double) > 1e10)
        #expect(try !measured.plan { $0.format = .table }.text.contains("warning"), "its rows were measured")
    }

    @Test func plansNameTheRowsAndTheirSeconds() throws {
        let file = try PlanFile(
            #"[{"operating_points": [[5e8, 0.3], [1e9, 0.5], [2e9, 2.2]], "power_idle_w": 0.4, "cycles_per_sample": 3.9e7}, {}]"#)
        let plans = try file.objects()
        #expect(plans.map { $0["energy_model"] as? String } == ["table", "paper"])
        let schedule = try #require(plans[0]["operating_schedule"] as? [[String: Double]])
        let seconds = schedule.compactMap { $0["time_s"] }
        #expect(schedule.compactMap { $0["frequency_hz"] } == [2e9, 1e9])
        #expect(abs(seconds.reduce(0, +) / (plans[0]["time_compute_s"] as? Double ?? 0) - 1) < 1e-12)
        #expect(abs((seconds[0] * 2e9 + seconds[1] * 1e9) / (512 * 3.9e7) - 1) < 1e-12)
        #expect(plans[1]["operating_schedule"] == nil && plans[1]["energy_idle_j"] == nil)
        #expect((plans[0]["duality_gap_relative"] as? Double ?? 1) < 1e-9)
    }

    /// Waiting is what the plan leaves of the budget; where it counts, the plan is slower.
    @Test func waitingIsReportedAndMayCount() throws {
        let fields = #""operating_points": [[5e8, 0.3], [1e9, 0.5]], "idle_power_w": 0.4, "payload_bits": 1e5"#
        let plans = try PlanFile("[{\(fields)}, {\(fields), \"idle_counts\": true}]").objects()
        for plan in plans {
            let waited = 15 - (plan["time_compute_s"] as? Double ?? 0) - (plan["time_communication_s"] as? Double ?? 0)
            #expect(abs((plan["energy_idle_j"] as? Double ?? 0) - 0.4 * waited) < 1e-9)
        }
        for (plan, hertz) in zip(plans, [1e9, 5e8]) {
            #expect(abs((plan["frequency_hz"] as? Double ?? 0) / hertz - 1) < 1e-12)
        }
    }

    @Test(arguments: [
        (#""operating_points": [{"frequency_hz": 1e9}]"#, "row 0 has no power_w"),
        (
            #""operating_points": [[1e9, 1], [1e9, 2]]"#,
            "operating_points[1].frequency_hz 1000000000.0 Hz is outside what no other row has"
        ),
        (#""operating_points": [[1e9, 0]]"#, "operating_points[0].power_w 0.0 W"),
        (#""operating_points": [[1e9, "x"]]"#, "row 0 has a power_w that is no number"),
        (#""operating_points": [[1e9, 1, 1, 1]]"#, "row 0 has a number more"),
        (#""operating_points": [{"hz": 1e9}]"#, "row 0 has hz, which is none of frequency_hz, power_w, cycles_scale"),
        (#""operating_points": [3]"#, "row 0 is neither an object nor an array"), (#""operating_points": []"#, "0.0 rows"),
        (#""operating_points": 3"#, "is 3.0; use an array"), (#""operating_points": "1e9""#, "row 0 is \"1e9\""),
        (#""operating_points": [[1e9, 1]], "frequency_max_hz": 1e8"#, "has no row from"),
        (#""amplifier_efficiency": 0"#, "amplifier_efficiency 0.0"), (#""circuit_power_w": -1"#, "circuit_power_w -1.0 W"),
        (#""power_static_w": -1"#, "power_static_w -1.0 W"), (#""idle_counts": 2"#, "idle_counts is neither true nor false"),
    ])
    func whatCannotBeUsedIsNamed(fields: String, words: String) throws {
        let file = try PlanFile("[{\(fields)}]")
        let error = #expect(throws: UnusableDevices.self) { try file.plan() }
        #expect(error?.lines.contains { $0.contains(words) } == true, "\(error?.lines as Any)")
    }
}

extension ProcessorPower {
    fileprivate var frequencies: [Double] {
        if case .table(let points) = self { points.rows.map(\.frequencyHertz) } else { [] }
    }
}
