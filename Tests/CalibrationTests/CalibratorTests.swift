import Calibration
import DevicePlanning
import Foundation
import GreenDiffusion
import Kernels
import TestSupport
import Testing

@Suite struct EnergyFitTests {
    /// `E = 5 t + 1e-27 f^3 t`.
    private func point(hertz: Double, seconds: Double) -> EnergyFit.Point {
        EnergyFit.Point(joules: 5 * seconds + 1e-27 * hertz * hertz * hertz * seconds, seconds: seconds, frequencyHertz: hertz)
    }

    @Test func tauIsFoundAtOneClockAndAtSeveral() throws {
        for points in [
            [point(hertz: 2e9, seconds: 3)],
            [point(hertz: 1e9, seconds: 2), point(hertz: 1.5e9, seconds: 9), point(hertz: 3e9, seconds: 1)],
        ] {
            let fit = try #require(EnergyFit(points: points, idleWatts: 5))
            #expect(abs(fit.energyCoefficient / 1e-27 - 1) < 1e-12)
        }
    }

    @Test func noWorkAboveIdleHasNoTau() {
        #expect(EnergyFit(points: [], idleWatts: 5) == nil)
        #expect(EnergyFit(points: [point(hertz: 1e9, seconds: 1)], idleWatts: 6) == nil)
        #expect(EnergyFit(points: [.init(joules: 0, seconds: 1, frequencyHertz: 1e9)], idleWatts: 0) == nil)
    }
}

@Suite struct CalibratorTests {
    private let folder = TemporaryFolder()

    private func calibrate(
        cpuinfo: String, batchSizes: [Int] = [1, 2], precisions: [Precision] = [.float32]
    ) throws -> CalibrationReport {
        try cpuinfo.write(toFile: folder.path("cpuinfo"), atomically: true, encoding: .utf8)
        let frequency = ProcessorFrequency(root: folder.path("cpu"), cpuinfo: folder.path("cpuinfo"))
        return try Calibrator(
            presets: [.tiny], batchSizes: batchSizes, threads: 1, steps: 2, precisions: precisions,
            powercap: folder.path("powercap"), idleSeconds: 0.01, frequency: frequency
        ).calibrate()
    }

    @Test func figuresFitTogetherAndSayWhereTheyComeFrom() throws {
        let calibration = try calibrate(cpuinfo: "cpu MHz : 2000\n")
        #expect(calibration.measurements.map(\.batchSize) == [1, 2] && calibration.energy.energyCoefficient == nil)
        #expect(try #require(calibration.energy.reason).contains("no intel-rapl package"))
        for line in calibration.measurements {
            #expect(line.wallSeconds.value > 0 && line.wallSeconds.source == .measured)
            #expect(line.cpuSeconds.value > 0 && line.flopsPerSample.value > 1e5 && line.energyJoules == nil)
            let (clock, cycles, flops) = (
                try #require(line.frequencyHertz), try #require(line.cyclesPerSample), try #require(line.flopsPerCycle)
            )
            let source: SourcedNumber.Source = calibration.cyclesReason == nil ? .measured : .estimated
            #expect([clock, cycles, flops].allSatisfy { $0.source == source })
            if source == .estimated { #expect(clock.value == 2e9) }
            #expect(abs(cycles.value * flops.value / line.flopsPerSample.value - 1) < 1e-12)
            #expect(abs(cycles.value * Double(line.batchSize) / (clock.value * line.stepSeconds.value) - 1) < 1e-12)
            #expect(line.stepSeconds.value <= line.wallSeconds.value / 2)
        }
        #expect(calibration.description.contains("tiny") && calibration.description.contains("not measured"))
    }

    @Test func countersThatDoNotMoveGiveNoTau() throws {
        let domain = folder.path("powercap/intel-rapl:0")
        try FileManager.default.createDirectory(atPath: domain, withIntermediateDirectories: true)
        for (file, text) in [("name", "package-0"), ("energy_uj", "5000"), ("max_energy_range_uj", "9000")] {
            try text.write(toFile: "\(domain)/\(file)", atomically: true, encoding: .utf8)
        }
        let energy = try calibrate(cpuinfo: "cpu MHz : 2000\n").energy
        #expect(energy.idlePowerWatts == SourcedNumber(value: 0, source: .measured) && energy.energyCoefficient == nil)
        #expect(energy.reason == "\(RAPLError.still)" && energy.frequenciesHertz.isEmpty)
    }

    @Test func whyCyclesAreEstimatedIsSaidWithTheWayOut() {
        #expect(Calibrator.reason(CycleCounterError(code: EACCES)).contains("sudo sysctl kernel.perf_event_paranoid=2"))
        #expect(Calibrator.reason(CycleCounterError(code: ENOENT)).contains("no hardware counter"))
    }

    @Test func theJSONLabelsEveryFigure() throws {
        let data = Data(try jsonText(of: calibrate(cpuinfo: "cpu MHz : 2000\n")).utf8)
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let line = try #require((object["measurements"] as? [[String: Any]])?.first)
        let step = try #require(line["wall_s"] as? [String: Any])
        #expect(step["source"] as? String == "measured" && step["value"] as? Double ?? 0 > 0)
        #expect(["measured", "estimated"].contains((line["flops_per_cycle"] as? [String: Any])?["source"] as? String))
    }

    /// Each precision has its own speed; a run in it takes that.
    @Test func bothPrecisionsAreMeasuredAndAFileHasBoth() throws {
        let report = try calibrate(cpuinfo: "cpu MHz : 2000\n", batchSizes: [2], precisions: [.bfloat16, .float32])
        let (half, full) = (report.measurements[0], report.measurements[1])
        #expect(half.precision == "bfloat16" && full.precision == "float32")
        #expect(half.flopsPerSampleBfloat16.value > 1e5 && half.flopsPerSampleBfloat16.value < half.flopsPerSample.value)
        #expect(full.flopsPerSampleBfloat16.value == 0)
        try report.writeDevice(to: folder.path("machine.json"))
        func flopsPerCycle(_ field: DeviceField) throws -> Double {
            try DeviceReader.federatedDevices(
                path: folder.path("machine.json"), samples: [5], demand: .relativeError(1e-4...1e-3), bits: 6...8,
                flopsPerCycle: field)[0].processor.flopsPerCycle
        }
        #expect(try flopsPerCycle(.bfloat16FLOPsPerCycle) == half.flopsPerCycle?.value)
        #expect(try flopsPerCycle(.flopsPerCycle) == full.flopsPerCycle?.value)
        #expect(try DeviceReader.count(without: .bfloat16FLOPsPerCycle, path: folder.path("machine.json")) == 0)
    }

    @Test func aRunTakesTheMachineAsADevice() throws {
        let calibration = try calibrate(cpuinfo: "cpu MHz : 2000\n")
        try calibration.writeDevice(to: folder.path("machine.json"))
        let device = try DeviceReader.federatedDevices(
            path: folder.path("machine.json"), samples: [5], demand: .relativeError(1e-4...1e-3), bits: 6...8)[0]
        let last = try #require(calibration.measurements.last?.flopsPerCycle)
        #expect(device.processor.flopsPerCycle == last.value)
        #expect(device.processor.energyCoefficient == 1e-26, "what is not measured stays the paper's")
    }
}
