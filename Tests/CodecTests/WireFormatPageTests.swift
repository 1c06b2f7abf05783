import Codec
import Foundation
import Kernels
import Testing

/// The examples of docs/wire-format.md, read from the page: a stranger tests a decoder with them.
@Suite struct WireFormatPageTests {
    private static func page() throws -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: "docs/wire-format.md"), encoding: .utf8)
    }

    /// The bytes of the dump under a heading: an offset, up to eight groups of two bytes, a note.
    private static func frame(under heading: String) throws -> [UInt8] {
        let section = try #require(try page().components(separatedBy: "\n## \(heading)\n").last)
        var bytes: [UInt8] = []
        for line in section.split(separator: "\n") where line.hasPrefix("    ") {
            let words = line.split(separator: " ")
            guard let offset = Int(words[0], radix: 16), words[0].count == 3, offset == bytes.count else { continue }
            for word in line.dropFirst(9).prefix(39).split(separator: " ") {
                var digits = word[...]
                while !digits.isEmpty {
                    bytes.append(try #require(UInt8(digits.prefix(2), radix: 16)))
                    digits = digits.dropFirst(2)
                }
            }
        }
        return bytes
    }

    @Test func theFirstExampleIsTheGoldenFrame() throws {
        #expect(try Self.frame(under: "Example, version 1") == GoldenFrameTests.golden("paper6.frame"))
    }

    @Test func theSecondExampleIsWhatTheCodecReadsAndWrites() throws {
        let bytes = try Self.frame(under: "Example, version 2")
        let frame = try UpdateFrame(bytes)
        #expect(frame.header.version == 2 && frame.header.tensors.map(\.name) == ["a", "b"])
        let values = Tensor(shape: [21])
        frame.decode(into: values)
        #expect(values.values.prefix(4) == [0.5562773, -0.25545788, 0.034438133, 1.50488])
        #expect(Array(values.values[4...]) == [0.125] + [Float](repeating: 0, count: 15) + [-0.125])

        // The codec's own data of the first tensor are the same bytes.
        let source = Tensor(shape: [4], values: [0.5, -0.25, 0, 1.5])
        let table = try ErrorTable(source, layout: ParameterLayout([("a", [2, 2])]), quantizer: .lattice(.dithered))
        let coding = try #require(table.ofLattice).coding(step: 0.125, values: source)
        let binding = FrameBinding(runID: 1, round: 3, device: 7, baseModel: ModelHash(low: 1, high: 0))
        let own = UpdateFrame.encode(source, as: coding, binding: binding, seed: 42)
        #expect(own.dropLast(8).suffix(7) == bytes[0x12A..<0x131])
        #expect(own[208..<216] == bytes[208..<216])
    }

    @Test func theThirdExampleIsWhatTheCodecReadsAndWrites() throws {
        let bytes = try Self.frame(under: "Example, version 3")
        let frame = try UpdateFrame(bytes)
        let value = Tensor(shape: [1], values: [0.5])
        let table = try ErrorTable(value, layout: ParameterLayout([("w", [1])]), quantizer: .levels(.zero))
        let alone = UpdateFrame.encode(value, as: table.exactCoding, binding: FrameBinding(), seed: 0)
        let ids = CarriedTensor(name: "ids", type: .int16, shape: [2], place: 1, bytes: [1, 0, 255, 255])
        #expect(try CarriedSection([ids], metadata: [("format", "pt")]).attached(to: alone) == bytes)
        #expect(frame.header.carried.tensors.map(\.name) == ["ids"] && frame.header.version == 3)
    }

    @Test func theGeneratorIsThePages() throws {
        let words = Philox.block(counter: (0, 0, 0, 0), key: (0, 0))
        let text = [words.0, words.1, words.2, words.3].map { String($0, radix: 16) }.joined(separator: " ")
        #expect(try Self.page().contains("`philox((0, 0, 0, 0), (0, 0))` is \(text)"))
    }
}
