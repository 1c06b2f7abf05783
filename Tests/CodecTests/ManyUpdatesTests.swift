import Codec
import Foundation
import Kernels
import TestSupport
import Testing

/// What a round of a thousand devices costs the server.
@Suite struct ManyUpdatesTests {
    /// Resident bytes of this process, where the system says so.
    private var residentBytes: Int? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
        return text.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * Int(getpagesize()) }
    }

    /// Frames of 1 MB: kept, a thousand would take 1 GB. Other tests in this process take far less than half of that meanwhile.
    @Test func aThousandUpdatesTakeTheMemoryOfOne() throws {
        let layout = ParameterLayout([("w", [512, 512])])
        let global = Tensor(shape: [layout.parameterCount], values: normalValues(layout.parameterCount, seed: 1))
        let table = try ErrorTable(global, layout: layout, quantizer: .levels(.paper))
        let frame = UpdateFrame.encode(global, as: table.exactCoding, binding: FrameBinding(), seed: 0)
        var accumulator: any UpdateAccumulator = FixedPointAccumulator(
            global: global, layout: layout, payload: .weights, weightLimit: 1000)
        var growth = 0
        let before = residentBytes
        for device in 0..<1000 {
            // docs/wire-format.md: the device at offset 36.
            let update = try UpdateFrame(resealed(frame, at: 36, with: littleEndian(UInt32(device))))
            #expect(update.header.binding.device == UInt32(device))
            try accumulator.add(update, weight: 1, threads: 1)
            if let before, let now = residentBytes { growth = max(growth, now - before) }
        }
        #expect(growth < 1 << 29, "\(growth) bytes more")
        let mean = Tensor(shape: [layout.parameterCount])
        accumulator.mean(global: global, into: mean, threads: 1)
        #expect(accumulator.frameCount == 1000 && isClose(mean.values, global.values, tolerance: 1e-9))
    }
}
