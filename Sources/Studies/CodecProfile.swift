import Codec
import Foundation
import GreenDiffusion
import Kernels
import Model
import Report

/// What coding a checkpoint costs, by grid and bits: bytes, exact expected error, the time of each stage, and its share of a round.
package struct CodecProfile: Encodable, Sendable {
    /// One way to code.
    package struct Line: Encodable, Sendable {
        package let grid: String
        package let groupSize: Int
        /// 32 for exact values.
        package let bits: Int
        package let bytes: Int
        package let bitsPerParameter: Double
        package let errorRelative: Double
        package let errorAbsolute: Double
        /// On the device: ranges, error and size of every width; rounding, packing and entropy coding.
        package let certifySeconds: Double
        package let encodeSeconds: Double
        /// On the server: every check; decoding into the sum.
        package let verifySeconds: Double
        package let addSeconds: Double
        /// Of a device's round, training included.
        package let shareOfRound: Double
    }

    package let checkpoint: String
    package let parameterCount: Int
    package let threads: Int
    /// Steps and images of a device's round, and the fastest measured step.
    package let localIterations: Int
    package let batchSize: Int
    package let stepSeconds: Double
    package let lines: [Line]
}

/// Measures a `CodecProfile`.
package struct CodecProfiler: Sendable {
    /// Widths to profile, in 2...8.
    package let bits: ClosedRange<Int>
    /// Consecutive values that share a scale, on the grids that have levels.
    package let groupSize: Int
    package let localIterations: Int
    package let batchSize: Int
    package let threads: Int

    package init(bits: ClosedRange<Int>, groupSize: Int, localIterations: Int, batchSize: Int, threads: Int) {
        (self.bits, self.groupSize) = (bits, groupSize)
        (self.localIterations, self.batchSize, self.threads) = (localIterations, batchSize, threads)
    }

    /// - Throws: what loading a checkpoint throws, and `CodecError` for weights that cannot be coded.
    package func profile(_ source: ModelSource) throws -> CodecProfile {
        let checkpoint = try source.load(preferringAverage: false)
        let step = try stepSeconds(checkpoint)
        let layout = checkpoint.configuration.parameterLayout
        var lines: [CodecProfile.Line] = []
        for quantizer in [Quantizer.levels(.paper), .levels(.paper, groupSize: groupSize), .lattice(.dithered)] {
            lines += try self.lines(checkpoint.parameters, layout, quantizer, roundSeconds: Double(localIterations) * step)
        }
        return CodecProfile(
            checkpoint: source.text, parameterCount: layout.parameterCount, threads: threads, localIterations: localIterations,
            batchSize: batchSize, stepSeconds: step, lines: lines)
    }

    private func lines(
        _ values: Tensor, _ layout: ParameterLayout, _ quantizer: Quantizer, roundSeconds: Double
    ) throws -> [CodecProfile.Line] {
        let (table, certify) = try Self.shortest {
            try ErrorTable(values, layout: layout, quantizer: quantizer, threads: threads)
        }
        return try bits.map { bits in
            let coding = try table.coding(bits: bits)
            let (bytes, encode) = Self.shortest {
                UpdateFrame.encode(values, as: coding, binding: FrameBinding(), seed: 0, threads: threads)
            }
            let (frame, verify) = try Self.shortest { try UpdateFrame(bytes, threads: threads) }
            var sum = FixedPointAccumulator(
                global: values, layout: layout, payload: .weights, weightLimit: Self.repeats, threads: threads)
            let (_, add) = try Self.shortest { try sum.add(frame, weight: 1, threads: threads) }
            return CodecProfile.Line(
                grid: quantizer.grid.rawValue, groupSize: quantizer.groupSize, bits: bits, bytes: bytes.count,
                bitsPerParameter: Double(8 * bytes.count) / Double(layout.parameterCount),
                errorRelative: frame.header.relativeError, errorAbsolute: frame.header.expectedError, certifySeconds: certify,
                encodeSeconds: encode, verifySeconds: verify, addSeconds: add,
                shareOfRound: (certify + encode) / (certify + encode + roundSeconds))
        }
    }

    /// The fastest of a few training steps on noise: a step's time does not depend on what the images show.
    private func stepSeconds(_ checkpoint: Checkpoint) throws -> Double {
        let model = try UNet(checkpoint, context: ComputeContext(threads: threads))
        let trainer = Trainer(model: model, schedule: NoiseSchedule(), settings: TrainingSettings())
        let images = Tensor(shape: model.sampleShape(count: batchSize))
        let labels = model.configuration.numClassEmbeds.map { _ in [Int](repeating: 0, count: batchSize) }
        var step = 0
        return try Self.shortest {
            step += 1
            return try trainer.step(images: images, classLabels: labels, address: StepAddress(seed: 0, step: step))
        }.seconds
    }

    private static let repeats = 5

    /// The last result of some runs, and the time of the fastest.
    private static func shortest<Result>(_ run: () throws -> Result) rethrows -> (result: Result, seconds: Double) {
        var seconds = Double.infinity
        var result: Result
        var runs = 0
        repeat {
            let start = ContinuousClock.now
            result = try run()
            seconds = min(seconds, (ContinuousClock.now - start) / .seconds(1))
            runs += 1
        } while runs < repeats
        return (result, seconds)
    }
}

extension CodecProfile: CustomStringConvertible {
    package var description: String {
        let header = [
            "grid", "bits", "bytes", "bits/value", "error (rel)", "error (abs)", "certify", "encode", "of round", "verify", "add",
        ]
        let rows = lines.map { line in
            [
                line.groupSize == 0 ? line.grid : "\(line.grid), groups of \(line.groupSize)", "\(line.bits)",
                Quantity.bytes(line.bytes), Quantity.significant(line.bitsPerParameter), Quantity.significant(line.errorRelative),
                Quantity.significant(line.errorAbsolute), Quantity.time(line.certifySeconds), Quantity.time(line.encodeSeconds),
                Quantity.significant(100 * line.shareOfRound) + " %", Quantity.time(line.verifySeconds),
                Quantity.time(line.addSeconds),
            ]
        }
        return """
            \(checkpoint): \(Quantity.count(parameterCount)) parameters, \(threads) thread\(threads == 1 ? "" : "s"), \
            \(InstructionSet.selectedName)
            a round: \(localIterations) steps of \(batchSize) images, \(Quantity.time(stepSeconds)) each

            \(TextTable.text([header] + rows))

            certify and encode run on the device, verify and add on the server; the share is the device's, of its training and coding
            """
    }
}
