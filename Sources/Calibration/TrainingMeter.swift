import Foundation
import Kernels
import Model

/// Runs training steps between two readings of everything that counts.
struct TrainingMeter {
    let counter: CycleCounter?
    let rapl: RAPL?
    let frequency: ProcessorFrequency
    let threads: Int
    let steps: Int

    /// - Throws: `DivergenceError` from a training step.
    func measure(
        _ preset: UNetConfiguration.Preset, _ precision: Precision, batchSize: Int
    ) throws -> CalibrationReport.Line {
        let model = try UNet(
            UNetConfiguration(preset: preset), context: ComputeContext(threads: threads, precision: precision))
        model.initialize(seed: 0)
        let trainer = Trainer(model: model, schedule: NoiseSchedule(), settings: TrainingSettings())
        let images = Tensor(shape: model.sampleShape(count: batchSize))
        _ = try trainer.step(images: images, address: StepAddress(seed: 0, step: 0))
        model.context.meter.reset()
        let start = try reading()
        var clocks: [Double] = []
        var fastest = Double.infinity
        for step in 1...steps {
            let begin = ContinuousClock.now
            _ = try trainer.step(images: images, address: StepAddress(seed: 0, step: step))
            fastest = min(fastest, (ContinuousClock.now - begin) / .seconds(1))
            if let hertz = frequency.currentHertz() { clocks.append(hertz) }
        }
        let stated = clocks.isEmpty ? nil : clocks.reduce(0, +) / Double(clocks.count)
        return line(
            preset, precision, batchSize: batchSize, from: start, to: try reading(), fastest: fastest, statedHertz: stated,
            work: model.context.meter)
    }

    private struct Reading {
        let instant: ContinuousClock.Instant
        let unixSeconds: Double
        let userSeconds: Double
        let systemSeconds: Double
        let cycles: UInt64?
        let microjoules: [UInt64]?
    }

    private func reading() throws -> Reading {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + 1e-6 * Double(time.tv_usec) }
        return Reading(
            instant: .now, unixSeconds: Date().timeIntervalSince1970, userSeconds: seconds(usage.ru_utime),
            systemSeconds: seconds(usage.ru_stime),
            cycles: try counter?.read(), microjoules: try rapl?.read())
    }

    private func line(
        _ preset: UNetConfiguration.Preset, _ precision: Precision, batchSize: Int, from start: Reading, to end: Reading,
        fastest: Double, statedHertz: Double?, work: Meter
    ) -> CalibrationReport.Line {
        let flops = Double(work.executedFLOPs)
        let samples = Double(steps * batchSize)
        let wall = (end.instant - start.instant) / .seconds(1)
        let user = end.userSeconds - start.userSeconds
        let processor = user + end.systemSeconds - start.systemSeconds
        // The counter sees user mode only: what the kernel does for the process counts as time, not as cycles.
        let cycles = start.cycles.flatMap { before in end.cycles.map { Double($0 &- before) } }
        let clock: SourcedNumber? =
            if let cycles, user > 0 { .measured(cycles / user) } else {
                statedHertz.map { SourcedNumber(value: $0, source: .estimated) }
            }
        func derived(_ value: (Double) -> Double) -> SourcedNumber? {
            clock.map { SourcedNumber(value: value($0.value), source: $0.source) }
        }
        let energy: SourcedNumber? =
            if let rapl, let before = start.microjoules, let after = end.microjoules {
                .measured(rapl.joules(from: before, to: after))
            } else { nil }
        return CalibrationReport.Line(
            preset: preset.rawValue, precision: precision.rawValue, batchSize: batchSize, steps: steps,
            stepSeconds: .measured(fastest),
            wallSeconds: .measured(wall),
            cpuSeconds: .measured(processor), flopsPerSample: .measured(flops / samples),
            flopsPerSampleBfloat16: .measured(Double(work.bfloat16FLOPs) / samples), frequencyHertz: clock,
            coreCyclesPerSample: cycles.map { .measured($0 / samples) } ?? derived { $0 * processor / samples },
            cyclesPerSample: derived { $0 * fastest / Double(batchSize) },
            flopsPerCycle: derived { flops / Double(steps) / ($0 * fastest) }, energyJoules: energy,
            startUnixSeconds: start.unixSeconds, endUnixSeconds: end.unixSeconds)
    }
}
