import Codec
import Foundation
import Kernels
import RunTestSupport
import TestSupport
import Testing

@Suite struct QuantizeCommandTests {
    private struct Summary: Decodable {
        struct Line: Decodable {
            let name: String
            let bits: Int
            let bytes: Int
            let errorExpected: Double
        }
        let bytes: Int
        let bitsPerParameter: Double
        let errorRelative: Double
        let errorExpected: Double
        let tensors: [Line]

        init(_ text: String) throws {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            self = try decoder.decode(Summary.self, from: Data(text.utf8))
        }
    }

    private func run(_ arguments: String...) throws -> CommandResult {
        let result = try Greendiff.run(arguments)
        #expect(result.status == 0, "\(result.errors)")
        return result
    }

    /// A file of 20,001 values in three tensors, with exact zeros.
    private func source(_ folder: TemporaryFolder) throws -> TensorFile {
        var tensors = TensorFile()
        tensors.set("weight", [100, 20, 10], (0..<20_000).map { $0 % 17 == 0 ? 0 : Float(sin(Double($0 * $0 % 10_007))) })
        tensors.set("zeros", [2, 3], [Float](repeating: 0, count: 6))
        tensors.set("scalar", [], [0.25])
        try tensors.write(to: folder.path("in"))
        return tensors
    }

    @Test(arguments: [("paper", 8, 0), ("paper", 3, 256), ("zero", 2, 0), ("zero", 6, 64)])
    func whatComesBackHasTheErrorThatWasPromised(grid: String, bits: Int, group: Int) throws {
        let folder = TemporaryFolder()
        let original = try source(folder)
        let printed = try run(
            "quantize", folder.path("in"), folder.path("frame"), "--bits", "\(bits)", "--grid", grid, "--group-size", "\(group)",
            "--json")
        let summary = try Summary(printed.output)
        _ = try run("dequantize", folder.path("frame"), folder.path("back"))
        let restored = try TensorFile(folder.path("back"))

        #expect(restored.entries.mapValues(\.shape) == original.entries.mapValues(\.shape))
        #expect(restored.floats("zeros") == original.floats("zeros"))
        #expect(restored.floats("scalar") == [0.25])
        let pairs = zip(original.floats("weight"), restored.floats("weight"))
        for (before, after) in pairs where before == 0 { #expect(after == 0) }
        let error = pairs.reduce(0.0) { $0 + pow(Double($1.0) - Double($1.1), 2) }
        // 20,000 independent roundings: the sum lies within a few percent of its expectation.
        #expect(abs(error / summary.errorExpected - 1) < 0.05)
        let norm = original.floats("weight").reduce(0.0625) { $0 + Double($1) * Double($1) }
        #expect(abs(summary.errorRelative / (summary.errorExpected / norm) - 1) < 1e-6)
    }

    /// A frame says how large it is before anything is unpacked; whoever trusts it may allow more.
    @Test func aFrameUnpacksToNoMoreThanIsAllowed() throws {
        let folder = TemporaryFolder()
        let values = Tensor(shape: [400_000])
        let table = try ErrorTable(values, layout: ParameterLayout([("zeros", [400_000])]), quantizer: .lattice(.dithered))
        let frame = UpdateFrame.encode(values, as: try table.coding(bits: 2), binding: FrameBinding(), seed: 1)
        try Data(frame).write(to: URL(fileURLWithPath: folder.path("bomb")))
        for command in [["dequantize", folder.path("bomb"), folder.path("out")], ["inspect", folder.path("bomb")]] {
            let refused = try Greendiff.run(command + ["--max-unpacked", "1.5MB"])
            #expect(refused.status == 1 && refused.errors.contains("1600000 bytes") && refused.errors.contains("--max-unpacked"))
            #expect(command[0] == "inspect" || !FileManager.default.fileExists(atPath: folder.path("out")))
            #expect(try Greendiff.run(command + ["--max-unpacked", "1600000"]).status == 0)
        }
        #expect(try TensorFile(folder.path("out")).floats("zeros") == values.values)
        #expect(try Greendiff.run(["inspect", folder.path("bomb"), "--max-unpacked", "lots"]).status == 64)
    }

    /// A frame that passes every check may hold names that no safetensors file can.
    @Test func namesThatAFileCannotHoldAreRefused() throws {
        let folder = TemporaryFolder()
        for (name, status) in [("__metadata__", 1), ("a\0\n\"\\b", 0), ("e\u{301}", 0)] as [(String, Int32)] {
            let values = Tensor(shape: [2], values: [1, 2])
            let table = try ErrorTable(values, layout: ParameterLayout([(name, [2])]), quantizer: .levels(.zero))
            let frame = UpdateFrame.encode(values, as: table.exactCoding, binding: FrameBinding(), seed: 1)
            try Data(frame).write(to: URL(fileURLWithPath: folder.path("frame")))
            let result = try Greendiff.run(["dequantize", folder.path("frame"), folder.path("out")])
            #expect(result.status == status, "\(name): \(result.errors)")
            if status == 1 { #expect(result.errors.contains("__metadata__")) }
        }
    }

    @Test func theSummaryAddsUp() throws {
        let folder = TemporaryFolder()
        _ = try source(folder)
        let printed = try run("quantize", folder.path("in"), folder.path("frame"), "--bits", "6", "--json")
        let summary = try Summary(printed.output)
        let bytes = try FileManager.default.attributesOfItem(atPath: folder.path("frame"))[.size] as? Int
        #expect(summary.bytes == bytes)
        #expect(abs(summary.bitsPerParameter - Double(8 * summary.bytes) / 20_007) < 1e-9)
        #expect(Set(summary.tensors.map(\.name)) == ["weight", "zeros", "scalar"])
        #expect(summary.tensors.allSatisfy { $0.bits == 6 })
        let total = summary.tensors.reduce(0) { $0 + $1.errorExpected }
        #expect(abs(total - summary.errorExpected) <= 1e-9 * total)
        #expect(summary.tensors.reduce(0) { $0 + $1.bytes } < summary.bytes)
        #expect(printed.errors.isEmpty)
    }

    @Test func bytesDependOnTheSeedAndNotOnThreads() throws {
        let folder = TemporaryFolder()
        func frame(_ name: String, _ more: [String]) throws -> Data {
            let result = try Greendiff.run(["quantize", TinyModel.weightsPath, folder.path(name), "--bits", "4"] + more)
            #expect(result.status == 0, "\(result.errors)")
            return try Data(contentsOf: URL(fileURLWithPath: folder.path(name)))
        }
        let one = try frame("one", ["--threads", "1"])
        #expect(try frame("two", ["--threads", "2"]) == one)
        #expect(try frame("seed", ["--seed", "5"]) != one)
    }

    @Test func aDamagedFrameIsRefusedWhole() throws {
        let folder = TemporaryFolder()
        _ = try run("quantize", TinyModel.weightsPath, folder.path("frame"))
        var bytes = try Data(contentsOf: URL(fileURLWithPath: folder.path("frame")))
        bytes[bytes.count / 2] ^= 4
        try bytes.write(to: URL(fileURLWithPath: folder.path("flipped")))
        try bytes.prefix(5000).write(to: URL(fileURLWithPath: folder.path("cut")))
        for name in ["flipped", "cut"] {
            for arguments in [["dequantize", folder.path(name), folder.path("back")], ["inspect", folder.path(name)]] {
                let result = try Greendiff.run(arguments)
                #expect(result.status == 1 && result.errors.contains(folder.path(name)), "\(result.errors)")
            }
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path("back")))
    }
}
