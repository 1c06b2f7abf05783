import Foundation
import RunTestSupport
import TestSupport
import Testing

/// Tensors of other types and metadata go through `quantize` and `dequantize` as they are.
@Suite struct CarriedTensorsTests {
    private let folder = TemporaryFolder()

    private func run(_ arguments: String..., status: Int32 = 0) throws -> CommandResult {
        let result = try Greendiff.run(arguments)
        #expect(result.status == status, "\(arguments): \(result.errors)")
        return result
    }

    private func json(_ result: CommandResult) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    }

    /// Floats between tensors of other types, in the order of their names.
    private func source(metadata: [String: String]? = ["format": "pt", "": "\u{1F600}\n", "wörter": ""]) throws -> TensorFile {
        var file = TensorFile()
        file.metadata = metadata
        file.entries["a ids"] = .init(type: "I64", shape: [1, 3], bytes: (0..<24).map { UInt8(200 + $0) })
        file.set("b weight", [40, 25], (0..<1000).map { Float(sin(Double($0 * $0 % 997))) })
        file.entries["c mask"] = .init(type: "BOOL", shape: [2, 2], bytes: [1, 0, 0, 1])
        file.entries["d nothing"] = .init(type: "U16", shape: [0, 5], bytes: [])
        file.entries["e packed"] = .init(type: "F4", shape: [4], bytes: [0xA5, 0x3C])
        file.set("f bias", [3], [0.5, 0, -0.25])
        file.entries["g Ø"] = .init(type: "F8_E4M3", shape: [3], bytes: [0x7F, 0xFF, 0x80])
        file.entries["h step"] = .init(type: "U8", shape: [], bytes: [9])
        try file.write(to: folder.path("in"))
        return file
    }

    @Test(arguments: [
        ["--bits", "6"], ["--bits", "5", "--grid", "zero", "--group-size", "64"],
        ["--grid", "lattice", "--error-relative", "1e-4"],
        ["--grid", "lattice", "--rounding", "stochastic"], ["--bytes", "1600"], ["--bytes", "1600", "--grid", "lattice"],
    ])
    func theFileComesBackWithItsOrder(options: [String]) throws {
        let original = try source()
        let result = try Greendiff.run(["quantize", folder.path("in"), folder.path("frame")] + options)
        #expect(result.status == 0, "\(result.errors)")
        let frame = try folder.bytes(of: "frame")
        if options[0] == "--bytes" { #expect(frame.count <= 1600 && frame.count > 1400) }
        _ = try run("dequantize", folder.path("frame"), folder.path("out"))
        let restored = try TensorFile(folder.path("out"))
        #expect(restored.order == original.entries.keys.sorted())
        #expect(restored.metadata == original.metadata)
        for (name, entry) in original.entries {
            let found = try #require(restored.entries[name])
            #expect(found.type == entry.type && found.shape == entry.shape)
            if entry.type != "F32" { #expect(found.bytes == entry.bytes, "\(name)") }
        }
        #expect(isClose(restored.floats("b weight"), original.floats("b weight"), tolerance: 0.2))
    }

    @Test func reportsSayWhatIsCarried() throws {
        let original = try source()
        let quantized = try json(run("quantize", folder.path("in"), folder.path("frame"), "--json"))
        let inspected = try json(run("inspect", folder.path("frame"), "--json"))
        #expect(inspected["version"] as? Int == 3)
        let text = try run("inspect", folder.path("frame")).output
        #expect(text.contains("6 tensors (BOOL, F4, F8_E4M3, I64, U16, U8) and 3 metadata texts"))
        let frame = try folder.bytes(of: "frame")
        #expect(quantized["bytes"] as? Int == frame.count && inspected["bytes"] as? Int == frame.count)
        for report in [quantized, inspected] {
            let carried = try #require(report["carried"] as? [String: Any])
            let tensors = try #require(carried["tensors"] as? [[String: Any]])
            #expect(tensors.map { $0["name"] as? String } == ["a ids", "c mask", "d nothing", "e packed", "g Ø", "h step"])
            #expect(tensors.map { $0["type"] as? String } == ["I64", "BOOL", "U16", "F4", "F8_E4M3", "U8"])
            #expect(tensors.map { $0["bytes"] as? Int } == [24, 4, 0, 2, 3, 1])
            let texts = try #require(carried["metadata"] as? [[String: String]])
            #expect(Dictionary(uniqueKeysWithValues: texts.map { ($0["name"], $0["text"]) }) == original.metadata)
            #expect((report["tensors"] as? [[String: Any]])?.count == 2)
        }
        // Counts, six entries with their extents and names, three fields, the elements.
        let names = original.entries.filter { $0.value.type != "F32" }.keys.reduce(0) { $0 + $1.utf8.count }
        let size = 8 + 6 * 8 + 8 * 8 + names + 3 * 8 + ("formatpt\u{1F600}\nwörter".utf8.count) + 34
        #expect((inspected["carried"] as? [String: Any])?["bytes"] as? Int == size)
    }

    /// A file of floats, with no metadata or those that every file of PyTorch has, makes the frame that it always made.
    @Test func aFileOfFloatsHasNoSection() throws {
        var file = TensorFile()
        file.set("w", [64], (0..<64).map { Float($0) - 31.5 })
        var frames: [[UInt8]] = []
        for metadata in [nil, [:], ["format": "pt"]] as [[String: String]?] {
            file.metadata = metadata
            try file.write(to: folder.path("in"))
            _ = try run("quantize", folder.path("in"), folder.path("frame"))
            frames.append(try folder.bytes(of: "frame"))
            _ = try run("dequantize", folder.path("frame"), folder.path("out"))
            #expect(try TensorFile(folder.path("out")).metadata == ["format": "pt"])
        }
        #expect(frames.allSatisfy { $0 == frames[0] && $0[8] == 1 })
        #expect(try json(run("inspect", folder.path("frame"), "--json"))["version"] as? Int == 1)
    }

    @Test func theSizesThatWereAskedForCountTheSection() throws {
        _ = try source()
        let smallest = try run("quantize", folder.path("in"), folder.path("frame"), "--bytes", "300", status: 1).errors
        #expect(smallest.contains("a frame of 300 bytes is too small"))
        let needed = try #require(smallest.firstMatch(of: /take ([0-9]+);/).flatMap { Int($0.1) })
        _ = try run("quantize", folder.path("in"), folder.path("frame"), "--bytes", "\(needed)")
        #expect(try folder.bytes(of: "frame").count == needed)
        _ = try run("quantize", folder.path("in"), folder.path("frame"), "--bytes", "\(needed - 1)", status: 1)

        let report = try json(run("inspect", folder.path("frame"), "--json"))
        let carried = try #require((report["carried"] as? [String: Any])?["bytes"] as? Int)
        let unpacked = 4 * 1003 + carried
        for command in [["dequantize", folder.path("frame"), folder.path("out")], ["inspect", folder.path("frame")]] {
            let refused = try Greendiff.run(command + ["--max-unpacked", "\(unpacked - 1)"])
            #expect(refused.status == 1 && refused.errors.contains("\(unpacked) bytes"), "\(refused.errors)")
            #expect(try Greendiff.run(command + ["--max-unpacked", "\(unpacked)"]).status == 0)
        }
    }

    @Test func aFileWithoutFloatsIsRefused() throws {
        var file = TensorFile()
        for entries in [[:], ["ids": TensorFile.Entry(type: "I64", shape: [1], bytes: [UInt8](repeating: 0, count: 8))]] {
            file.entries = entries
            try file.write(to: folder.path("in"))
            let refused = try run("quantize", folder.path("in"), folder.path("frame"), status: 1)
            #expect(refused.errors.contains("no tensor to quantize"), "\(refused.errors)")
            #expect(!FileManager.default.fileExists(atPath: folder.path("frame")))
        }
    }
}
