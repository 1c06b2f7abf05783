import Codec
import Kernels

extension BenchmarkFamily {
    /// `fedavg/k10/n37M/b8`: a round's average on the server, from verified frames to the new model: frames, values, bits.
    static let aggregation = BenchmarkFamily(
        cases: ["fedavg/k10/n37M/b8", "fedavg/k10/n37M/b6"],
        make: { problem, context in
            guard problem.parts.count == 4, problem.parts[0] == "fedavg", let frames = problem.numbers(1, "k")?[0],
                (1...10_000).contains(frames), let count = problem.numbers(2, "n")?[0], count > 0,
                let bits = problem.numbers(3, "b")?[0], (3...8).contains(bits)
            else { return nil }
            let run = try AggregationRun(frames: frames, count: count, bits: bits, threads: context.threads)
            let small = try AggregationRun(
                frames: min(frames, 7), count: min(count, 100_003), bits: bits, threads: context.threads)
            let bytesPerValue = frames * 16 + 12
            return Benchmark(
                work: .bytes(count * bytesPerValue + frames * count * bits / 8),
                verify: { () throws(VerificationError) in try small.verify() }, run: { run.average(0..<frames) })
        })
}

private final class AggregationRun {
    /// Distinct frames; a larger number of devices repeats them with other weights.
    private static let distinctFrames = 2

    private let layout: ParameterLayout
    private let global: Tensor
    private let mean: Tensor
    private let frames: [UpdateFrame]
    private let frameCount: Int
    private let threads: Int

    init(frames frameCount: Int, count: Int, bits: Int, threads: Int) throws {
        let layout = ParameterLayout([("first", [count / 2]), ("second", [count - count / 2])])
        frames = try (0..<min(Self.distinctFrames, frameCount)).map { index in
            let values = Tensor.random([count], item: UInt32(index))
            let table = try ErrorTable(values, layout: layout, quantizer: .levels(.paper, groupSize: 256), threads: threads)
            let bytes = UpdateFrame.encode(
                values, as: try table.coding(bits: bits), binding: FrameBinding(), seed: 1, threads: threads)
            return try UpdateFrame(bytes, threads: threads)
        }
        global = .random([count], item: 99)
        mean = Tensor(shape: [count])
        (self.layout, self.frameCount, self.threads) = (layout, frameCount, threads)
    }

    private func weight(_ device: Int) -> Int { 100 + 7 * device }

    /// The average over the devices, added in the given order.
    func average(_ order: some Sequence<Int>) {
        let limit = (0..<frameCount).reduce(0) { $0 + weight($1) }
        var sum = FixedPointAccumulator(global: global, layout: layout, payload: .weights, weightLimit: limit, threads: threads)
        for device in order {
            do {
                try sum.add(frames[device % frames.count], weight: weight(device), threads: threads)
            } catch { preconditionFailure("frame of device \(device) refused: \(error)") }
        }
        sum.mean(global: global, into: mean, threads: threads)
    }

    /// The mean of the decoded frames in Double; equal bytes for the reverse order.
    func verify() throws(VerificationError) {
        average(0..<frameCount)
        let forward = mean.values
        average((0..<frameCount).reversed())
        let different = zip(forward, mean.values).count { $0.bitPattern != $1.bitPattern }
        try VerificationError.check("values that depend on the order of frames", Double(different), atMost: 0)

        let decoded = frames.map { frame in
            let values = Tensor(shape: [layout.parameterCount])
            frame.decode(into: values, threads: threads)
            return values
        }
        let total = Double((0..<frameCount).reduce(0) { $0 + weight($1) })
        let reference = Tensor(shape: mean.shape)
        for index in 0..<reference.count {
            let sum = (0..<frameCount).reduce(0.0) { $0 + Double(weight($1)) * Double(decoded[$1 % decoded.count][index]) }
            reference[index] = Float(sum / total)
        }
        try VerificationError.check("mean", relativeError(mean, reference), atMost: 1e-6)
    }
}
