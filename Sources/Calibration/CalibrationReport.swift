import Foundation
import Model
import Report
import Storage

/// What training costs this machine: FLOPs a cycle, cycles a sample and, where energy can be measured, the energy coefficient.
package struct CalibrationReport: Encodable, Sendable {
    /// Training steps of one model and batch size.
    package struct Line: Encodable, Sendable {
        package let preset: String
        /// What activations are kept in.
        package let precision: String
        package let batchSize: Int
        package let steps: Int
        /// The fastest step: other programs only make steps slower. Cycles and FLOPs a cycle are its.
        package let stepSeconds: SourcedNumber
        /// Of all steps.
        package let wallSeconds: SourcedNumber
        package let cpuSeconds: SourcedNumber
        /// Executed floating-point operations, transforms included.
        package let flopsPerSample: SourcedNumber
        /// Those of it in products of bfloat16.
        package let flopsPerSampleBfloat16: SourcedNumber
        /// Clock that the cycles are counted at, a mean over the steps; nil where the system does not say.
        package let frequencyHertz: SourcedNumber?
        /// Cycles of all cores, added up.
        package let coreCyclesPerSample: SourcedNumber?
        /// `C`: clock cycles a sample, in which all cores together take one.
        package let cyclesPerSample: SourcedNumber?
        /// Executed operations a clock cycle, all cores together: what a device's `flops_per_cycle` is.
        package let flopsPerCycle: SourcedNumber?
        /// Of the processor packages, or of what the external meter measures, during all steps.
        package internal(set) var energyJoules: SourcedNumber?
        /// When the steps began and ended, seconds since 1970: for a meter's file.
        package let startUnixSeconds: Double
        /// See `startUnixSeconds`.
        package let endUnixSeconds: Double
    }

    /// Power above idle at one clock.
    package struct MeasuredPoint: Encodable, Sendable, Equatable {
        package let frequencyHertz: Double
        package let powerWatts: Double
        /// Standard deviation of the meter's samples; nil of energy counters, which only add up.
        package let deviationWatts: Double?
        /// How many samples the meter took.
        package let samples: Int?
    }

    /// The measured energy model, or why there is none.
    package struct Energy: Encodable, Sendable {
        /// What measured: `RAPL`, or the name of an external meter's file; nil where nothing did.
        package let meter: String?
        /// Power above idle at each clock that was measured.
        package let operatingPoints: [MeasuredPoint]
        /// Of the packages, or of what the meter measures, while nothing runs.
        package let idlePowerWatts: SourcedNumber?
        /// `tau`, of all cores together.
        package let energyCoefficient: SourcedNumber?
        /// Clocks that `tau` was fitted over.
        package let frequenciesHertz: [Double]
        /// Why `tau` is not measured, and how it can be.
        package let reason: String?
        /// Packages that the figures do not count, each with the reason.
        package let packagesLeftOut: [String]
    }

    package let cpu: String
    package let threads: Int
    package let vectorInstructions: String
    package let measurements: [Line]
    /// Whether the CPUs did something else for a tenth of the time or more.
    private var isDisturbed: Bool {
        measurements.contains { $0.cpuSeconds.value < 0.9 * Double(threads) * $0.wallSeconds.value }
    }

    /// Why cycles are estimated, and how they can be measured; nil where they are measured.
    package let cyclesReason: String?
    package let energy: Energy
    /// This machine as an entry of a device file: the figures of the last line.
    package let device: [String: JSONValue]

    /// The device as a file that `greendiff train --devices` reads.
    package func writeDevice(to path: String) throws(FileError) {
        try AtomicFile.write(JSONValue.array([.object(device)]).text, to: path)
    }
}

extension CalibrationReport: CustomStringConvertible {
    package var description: String {
        let header = [
            "preset", "precision", "batch", "fastest step", "CPUs busy", "FLOP/sample", "clock", "cycles/sample", "FLOP/cycle",
        ]
        return """
            \(cpu), \(threads) thread\(threads == 1 ? "" : "s"), \(vectorInstructions)

            \(TextTable.text([header] + measurements.map(cells)))

            \(notes.joined(separator: "\n"))
            """
    }

    private func cells(_ line: Line) -> [String] {
        func shown(_ figure: SourcedNumber?, _ format: (Double) -> String) -> String {
            figure.map { $0.text(format) } ?? "unknown"
        }
        let busy = line.cpuSeconds.value / line.wallSeconds.value
        return [
            line.preset, line.precision, "\(line.batchSize)", Quantity.time(line.stepSeconds.value),
            "\(Quantity.significant(busy)) of \(threads)", Quantity.flops(line.flopsPerSample.value),
            shown(line.frequencyHertz) { "\(Quantity.significant($0 / 1e9)) GHz" },
            shown(line.cyclesPerSample, Self.cycles), shown(line.flopsPerCycle, Quantity.significant),
        ]
    }

    private static func cycles(_ count: Double) -> String { "\(Quantity.significant(count / 1e6)) M" }

    private var notes: [String] {
        var notes = [
            labelledLine("cycles", cyclesReason.map { "estimated: \($0)" } ?? "measured by the hardware's counter, user mode")
        ]
        if isDisturbed {
            notes.append(
                labelledLine(
                    "warning",
                    "the threads did not get or not use all CPU time; with other programs running, measure again without"))
        }
        if let idle = energy.idlePowerWatts {
            notes.append(
                labelledLine(
                    "idle",
                    "\(Quantity.significant(idle.value)) W, measured by \(energy.meter == "RAPL" ? "the packages' energy counters" : energy.meter ?? "")"
                ))
        }
        for point in energy.operatingPoints {
            let spread = point.deviationWatts.map { " +- \(Quantity.significant($0)) W (\(point.samples ?? 0) samples)" } ?? ""
            notes.append(
                labelledLine(
                    "power",
                    "\(Quantity.significant(point.powerWatts)) W\(spread) above idle at \(Quantity.significant(point.frequencyHertz / 1e9)) GHz"
                ))
        }
        if let tau = energy.energyCoefficient {
            let clocks = energy.frequenciesHertz.map { "\(Quantity.significant($0 / 1e9)) GHz" }.joined(separator: ", ")
            notes.append(labelledLine("tau", "\(tau.text { String(format: "%.3g", $0) }) J*s^2/cycle^3, fitted at \(clocks)"))
        }
        notes += energy.packagesLeftOut.map { labelledLine("warning", "a package is not counted: \($0)") }
        if let reason = energy.reason { notes.append(labelledLine("tau", "not measured: \(reason)")) }
        if measurements.allSatisfy({ $0.flopsPerCycle == nil }), energy.energyCoefficient == nil {
            notes.append(
                labelledLine(
                    "warning",
                    "neither clock nor energy of this machine is known: the device says nothing of it, what it lacks is the paper's"
                ))
        }
        return notes + [labelledLine("device", JSONValue.object(device).compactText)]
    }
}
