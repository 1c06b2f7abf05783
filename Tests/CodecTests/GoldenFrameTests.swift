import Codec
import Foundation
import Kernels
import Testing

/// Frames that `tools/greendiff_tools/fixtures/update_frame.py` wrote from the specification, without this codec.
@Suite struct GoldenFrameTests {
    static let layout = ParameterLayout([("conv.weight", [3, 4]), ("conv.bias", [3]), ("scale", [])])
    static let binding = FrameBinding(
        runID: 0x1122_3344_5566_7788, round: 3, device: 7,
        baseModel: ModelHash(low: 0x0102_0304_0506_0708, high: 0x1112_1314_1516_1718), payload: .change)

    static var values: Tensor {
        let weights: [Float] = [0.5, -0.25, 0, 1.5, 0.75, -1, 0.125, 0, -0.3, 0.0625, 2, -2]
        return Tensor(shape: [16], values: weights + [0, 0.1, -0.1] + [-3])
    }

    static func golden(_ name: String) throws -> [UInt8] {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/golden-v1-\(name)")
        return Array(try Data(contentsOf: path))
    }

    @Test(arguments: [
        ("paper6", 6, Quantizer.levels(.paper)), ("zero3", 3, .levels(.zero, groupSize: 5)), ("float32", 32, .levels(.paper)),
    ])
    func theCodecWritesAndReadsTheGoldenBytes(name: String, bits: Int, quantizer: Quantizer) throws {
        let golden = try Self.golden("\(name).frame")
        let table = try ErrorTable(Self.values, layout: Self.layout, quantizer: quantizer)
        #expect(try UpdateFrame.encode(Self.values, as: table.testCoding(bits: bits), binding: Self.binding, seed: 42) == golden)
        let frame = try UpdateFrame(golden, limits: FrameLimits(expecting: Self.layout))
        try frame.verify(Self.binding)
        let decoded = Tensor(shape: [16])
        frame.decode(into: decoded)
        let expected = try JSONDecoder().decode([String: [Float]].self, from: Data(try Self.golden("\(name).json")))
        for entry in Self.layout.entries { #expect(Array(decoded.values[entry.range]) == expected[entry.name]) }
    }

    @Test func everyTruncationAndExtensionIsRefused() throws {
        let golden = try Self.golden("paper6.frame")
        for count in 0..<golden.count {
            #expect(throws: FrameError.self, "\(count) bytes") { try UpdateFrame(Array(golden.prefix(count))) }
        }
        #expect(throws: FrameError.trailingBytes(1)) { try UpdateFrame(golden + [0]) }
    }

    @Test(arguments: ["paper6", "zero3", "float32"])
    func everyFlippedBitIsRefused(name: String) throws {
        let golden = try Self.golden("\(name).frame")
        for bit in 0..<(8 * golden.count) {
            var damaged = golden
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: FrameError.self, "bit \(bit)") { try UpdateFrame(damaged) }
        }
    }
}
