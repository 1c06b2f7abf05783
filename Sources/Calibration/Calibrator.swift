import DevicePlanning
import Foundation
import Kernels
import Model
import Storage

/// Measures a `CalibrationReport` with real training steps.
package struct Calibrator: Sendable {
    package let presets: [UNetConfiguration.Preset]
    package let batchSizes: [Int]
    /// Each model and batch size trains in all of them; energy is fitted to the first.
    package let precisions: [Precision]
    package let threads: Int
    /// Timed steps of each model and batch size, after one that is not.
    package let steps: Int
    /// Whether to run at several clocks, for a better fit of `tau`: changes the CPU's limit, and puts it back.
    package let sweepsFrequencies: Bool
    private let powercap: String
    private let powerLog: PowerLogFile?
    private let idleSeconds: Double
    private let frequency: ProcessorFrequency

    /// - Parameters:
    ///   - precisions: nil for float32, and bfloat16 where the CPU has an instruction for it.
    ///   - powercap: folder of the energy counters.
    ///   - powerLog: the file of an external meter, in place of them.
    ///   - idleSeconds: how long to do nothing, to measure the idle power.
    ///   - frequency: where the CPU's clock is read.
    package init(
        presets: [UNetConfiguration.Preset], batchSizes: [Int], threads: Int, steps: Int, precisions: [Precision]? = nil,
        sweepsFrequencies: Bool = false, powercap: String = "/sys/class/powercap", powerLog: PowerLogFile? = nil,
        idleSeconds: Double = 2,
        frequency: ProcessorFrequency = ProcessorFrequency()
    ) {
        let precisions = precisions ?? (BFloat16Unit.selected.isInstruction ? Precision.allCases : [.float32])
        precondition(!presets.isEmpty && !batchSizes.isEmpty && !precisions.isEmpty && steps >= 1, "nothing to measure")
        self.precisions = precisions
        (self.presets, self.batchSizes, self.threads, self.steps) = (presets, batchSizes, threads, steps)
        (self.sweepsFrequencies, self.powercap, self.frequency) = (sweepsFrequencies, powercap, frequency)
        self.powerLog = powerLog
        self.idleSeconds = idleSeconds
    }

    /// - Parameter isInterrupted: asked before each clock of a sweep; true ends the sweep there.
    /// - Throws: `DivergenceError` from a training step, `FileError` for a clock limit that cannot be set or a meter's file.
    package func calibrate(isInterrupted: () -> Bool = { false }) throws -> CalibrationReport {
        let counter: CycleCounter?
        var cyclesReason: String?
        do throws(CycleCounterError) {
            counter = try CycleCounter(threads: Self.ownThreads)
        } catch { (counter, cyclesReason) = (nil, Self.reason(error)) }
        var rapl: RAPL?
        var energyReason: String?
        if powerLog == nil {
            do throws(RAPLError) { rapl = try RAPL(root: powercap) } catch { energyReason = "\(error)" }
        }
        let idleStart = Date().timeIntervalSince1970
        var idle = powerLog == nil ? rapl.flatMap(idleWatts) : nil
        if powerLog != nil { Thread.sleep(forTimeInterval: idleSeconds) }
        let idleEnd = Date().timeIntervalSince1970
        let meter = TrainingMeter(counter: counter, rapl: rapl, frequency: frequency, threads: threads, steps: steps)
        var lines: [CalibrationReport.Line] = []
        for preset in presets {
            for batchSize in batchSizes {
                for precision in precisions { lines.append(try meter.measure(preset, precision, batchSize: batchSize)) }
            }
        }
        var swept: [CalibrationReport.Line] = []
        if sweepsFrequencies { swept = try sweep(meter, isInterrupted) }
        var stretches: [PowerLog.Stretch?] = [PowerLog.Stretch?](repeating: nil, count: lines.count + swept.count)
        if let powerLog {
            let log = try powerLog.covering((lines + swept).map(\.endUnixSeconds).max() ?? idleEnd)
            idle = try log.stretch(from: idleStart, to: idleEnd).watts
            for (place, line) in (lines + swept).enumerated() {
                let stretch = try log.stretch(from: line.startUnixSeconds, to: line.endUnixSeconds)
                stretches[place] = stretch
                if place < lines.count {
                    lines[place].energyJoules = .measured(stretch.joules)
                } else {
                    swept[place - lines.count].energyJoules = .measured(stretch.joules)
                }
            }
        }
        // What a cycle takes depends on what multiplies: the model is of one precision.
        let fitted = zip(lines + swept, stretches).filter { line, _ in line.precision == precisions[0].rawValue }
        let points = fitted.compactMap(\.0.energyPoint)
        let fit = idle.flatMap { EnergyFit(points: points, idleWatts: $0) }
        if idle != nil || rapl != nil, fit == nil { energyReason = Self.reasonForNoFit(points, idleWatts: idle) }
        let measured = Self.operatingPoints(fitted, idleWatts: idle)
        let isCounted = lines.allSatisfy { $0.frequencyHertz?.source == .measured }
        let energy = CalibrationReport.Energy(
            meter: powerLog.map { URL(fileURLWithPath: $0.path).lastPathComponent } ?? (rapl == nil ? nil : "RAPL"),
            operatingPoints: measured, idlePowerWatts: idle.map(SourcedNumber.measured),
            energyCoefficient: fit.map { SourcedNumber(value: $0.energyCoefficient, source: isCounted ? .measured : .estimated) },
            frequenciesHertz: fit == nil ? [] : points.map(\.frequencyHertz), reason: energyReason,
            packagesLeftOut: rapl?.packagesLeftOut ?? [])
        return CalibrationReport(
            cpu: SystemFiles.processorName(), threads: threads, vectorInstructions: InstructionSet.selectedName,
            measurements: lines, cyclesReason: cyclesReason, energy: energy, device: device(lines, energy))
    }

    /// Why counters that can be read give no `tau`.
    private static func reasonForNoFit(_ points: [EnergyFit.Point], idleWatts: Double?) -> String {
        guard let idleWatts else { return "the energy counters could not be read while the machine was idle; run it again" }
        guard !points.isEmpty else { return "the system does not state the CPU's clock" }
        let joules = points.reduce(0) { $0 + $1.joules }
        guard joules > 0 else { return "\(RAPLError.still)" }
        return "\(RAPLError.belowIdle(working: joules / points.reduce(0) { $0 + $1.seconds }, idle: idleWatts))"
    }

    /// Power above idle at each clock, the mean of the lines at it, by rising clock.
    private static func operatingPoints(
        _ lines: [(CalibrationReport.Line, PowerLog.Stretch?)], idleWatts: Double?
    ) -> [CalibrationReport.MeasuredPoint] {
        guard let idleWatts else { return [] }
        let measured = lines.compactMap { line, stretch in line.energyPoint.map { ($0, stretch) } }
        // Clocks are means over many steps: those within 2 % are one.
        return Dictionary(grouping: measured) { (log($0.0.frequencyHertz) / 0.02).rounded() }.values.map { group in
            let seconds = group.reduce(0) { $0 + $1.0.seconds }
            let joules = group.reduce(0) { $0 + $1.0.joules }
            let spreads = group.compactMap(\.1)
            return CalibrationReport.MeasuredPoint(
                frequencyHertz: group.reduce(0) { $0 + $1.0.cycles } / seconds, powerWatts: joules / seconds - idleWatts,
                deviationWatts: spreads.isEmpty ? nil : spreads.map(\.deviationWatts).max(),
                samples: spreads.isEmpty ? nil : spreads.reduce(0) { $0 + $1.samples })
        }.sorted { $0.frequencyHertz < $1.frequencyHertz }
    }

    /// Energy at clocks between the lowest and the highest.
    private func sweep(_ meter: TrainingMeter, _ isInterrupted: () -> Bool) throws -> [CalibrationReport.Line] {
        guard let limits = frequency.limitsHertz else { return [] }
        let count = 4
        return try (0..<count).compactMap { step in
            guard !isInterrupted() else { return nil }
            let share = Double(step) / Double(count)
            let hertz = limits.lowerBound + share * (limits.upperBound - limits.lowerBound)
            return try frequency.withLimit(hertz: hertz) {
                try meter.measure(presets[0], precisions[0], batchSize: batchSizes[0])
            }
        }
    }

    /// The machine's entry of a device file; what is not known is left out.
    private func device(_ lines: [CalibrationReport.Line], _ energy: CalibrationReport.Energy) -> [String: JSONValue] {
        let limits = frequency.limitsHertz
        func last(_ precision: Precision) -> CalibrationReport.Line? { lines.last { $0.precision == precision.rawValue } }
        let line = last(precisions[0])
        let known: KeyValuePairs<DeviceField, Double?> = [
            .flopsPerCycle: (last(.float32) ?? line)?.flopsPerCycle?.value,
            .bfloat16FLOPsPerCycle: last(.bfloat16)?.flopsPerCycle?.value,
            .cyclesPerSample: line?.cyclesPerSample?.value,
            .frequencyMin: limits?.lowerBound, .frequencyMax: limits?.upperBound ?? line?.frequencyHertz?.value,
            .energyCoefficient: energy.energyCoefficient?.value, .idlePower: energy.idlePowerWatts?.value,
        ]
        var device = [DeviceField.name.name: JSONValue.string("\(SystemFiles.processorName()), \(threads) threads")]
        for (field, value) in known { device[field.name] = value.map(JSONValue.number) }
        let points = energy.operatingPoints
        if points.count > 1, points.allSatisfy({ $0.powerWatts > 0 }) {
            device[DeviceField.operatingPoints.name] = .array(
                points.map { .object(["frequency_hz": .number($0.frequencyHertz), "power_w": .number($0.powerWatts)]) })
        }
        return device
    }

    /// Watts of the packages while this process does nothing.
    private func idleWatts(_ rapl: RAPL) -> Double? {
        let start = ContinuousClock.now
        guard let before = try? rapl.read() else { return nil }
        Thread.sleep(forTimeInterval: idleSeconds)
        guard let after = try? rapl.read() else { return nil }
        return rapl.joules(from: before, to: after) / ((ContinuousClock.now - start) / .seconds(1))
    }

    /// The threads that run already; those that start later are counted with the one that starts them.
    private static var ownThreads: [Int] {
        let threads = SystemFiles.names(in: "/proc/self/task").compactMap { Int($0) }
        return threads.isEmpty ? [0] : threads
    }

    /// Why cycles are not counted, and how they can be.
    package static func reason(_ error: CycleCounterError) -> String {
        let system = String(cString: strerror(error.code))
        guard error.code == EACCES || error.code == EPERM else {
            return
                "no hardware counter of cycles (\(system)), as in most virtual machines; seconds times the clock that the system states"
        }
        let level = SystemFiles.text("/proc/sys/kernel/perf_event_paranoid") ?? "?"
        return "the hardware's counter may not be used (\(system), kernel.perf_event_paranoid is \(level)); allow it with "
            + "`sudo sysctl kernel.perf_event_paranoid=2`; seconds times the clock that the system states"
    }
}

extension CalibrationReport.Line {
    /// What the energy model is fitted over; nil where energy or clock is not known.
    fileprivate var energyPoint: EnergyFit.Point? {
        guard let energyJoules, let frequencyHertz else { return nil }
        return EnergyFit.Point(
            joules: energyJoules.value, seconds: wallSeconds.value, frequencyHertz: frequencyHertz.value)
    }
}
