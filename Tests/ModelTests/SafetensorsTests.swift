import Foundation
import Kernels
import Model
import Storage
import TestSupport
import Testing

@Suite struct SafetensorsTests {
    private let folder: TemporaryFolder

    init() throws { folder = TemporaryFolder() }

    /// A file with this header text and this many data bytes.
    private func file(_ header: String, dataBytes: Int) throws -> String {
        let size = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
        return try folder.write(size + Array(header.utf8) + [UInt8](repeating: 0, count: dataBytes), to: "case.safetensors")
    }

    private func refusal(_ path: String) -> CheckpointError? {
        do throws(CheckpointError) {
            _ = try SafetensorsReader(path: path)
            return nil
        } catch {
            return error
        }
    }

    @Test func roundTrip() throws {
        let path = folder.path("a.safetensors")
        let weight = Tensor(shape: [2, 3], values: [1, -2, 3.5, 0, .leastNonzeroMagnitude, -0.0])
        try writeSafetensors(
            [
                NamedTensor("b/weight \"x\"", weight), NamedTensor("step", shape: [2], .int64([Int64.min, 7])),
                NamedTensor("empty", Tensor(shape: [0, 4])), NamedTensor("scalar", Tensor(shape: [], values: [9])),
            ], to: path, metadata: [("format", "pt"), ("note", "é")])
        let reader = try SafetensorsReader(path: path)
        #expect(reader.metadata.map(\.name) == ["format", "note"])
        #expect(reader.metadata.map(\.text) == ["pt", "é"])
        let entry = try #require(reader.entry("b/weight \"x\""))
        let read = try reader.readFloats(entry)
        #expect(read.shape == [2, 3])
        #expect(read.values.map(\.bitPattern) == weight.values.map(\.bitPattern))
        #expect(try reader.readInt64(#require(reader.entry("step"))) == [Int64.min, 7])
        #expect(try reader.readFloats(#require(reader.entry("empty"))).values.isEmpty)
        #expect(try reader.readFloats(#require(reader.entry("scalar"))).values == [9])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.safetensors"])
    }

    @Test func metadataMayBeLeftOut() throws {
        let tensor = NamedTensor("a", Tensor(shape: [1], values: [1]))
        try writeSafetensors([tensor], to: folder.path("a"), metadata: [])
        #expect(try SafetensorsReader(path: folder.path("a")).metadata.isEmpty)
        #expect(try !String(decoding: folder.bytes(of: "a"), as: UTF8.self).contains(SafetensorsHeader.metadataName))
    }

    @Test func aHeaderThatNobodyReadsIsNotWritten() throws {
        let text = String(repeating: "\u{1}", count: SafetensorsHeader.byteLimit / 6)
        let error = #expect(throws: FileError.self) {
            try writeSafetensors([], to: folder.path("a"), metadata: [("control", text)])
        }
        #expect(error?.description.contains("\(SafetensorsHeader.byteLimit)") == true)
        #expect(!FileManager.default.fileExists(atPath: folder.path("a")))
    }

    @Test func headerIsAlignedAndOrdered() throws {
        try writeSafetensors([NamedTensor("a", Tensor(shape: [1], values: [1]))], to: folder.path("a"))
        let bytes = try folder.bytes(of: "a")
        let size = bytes[0..<8].reversed().reduce(0) { 256 * $0 + Int($1) }
        #expect(size % 8 == 0)
        #expect(bytes.count == 8 + size + 4)
        #expect(bytes[8] == UInt8(ascii: "{"))
    }

    @Test(arguments: [
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 7, "truncated"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 9, "malformed"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#, 12, "misplaced"),
        (
            #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#, 12,
            "misplaced"
        ),
        (#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, 8, "malformed"),
        (#"{"a":{"dtype":"F65","shape":[1],"data_offsets":[0,8]}}"#, 8, "unsupportedType"),
        (#"{"a":{"dtype":"F32","dtype":"F16","shape":[2],"data_offsets":[0,8]}}"#, 8, "malformed"),
        (
            #"{"a":{"dtype":"I8","shape":[4],"data_offsets":[0,4]},"a":{"dtype":"I8","shape":[4],"data_offsets":[4,8]}}"#, 8,
            "malformed"
        ),
        (#"{"__metadata__":{"a":"b","a":"c"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 8, "malformed"),
        (#"{"__metadata__":{"a":1},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 8, "malformed"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},}"#, 8, "malformed"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],}}"#, 8, "malformed"),
        (#"{"a":{"dtype":"F32","shape":[2,],"data_offsets":[0,8]}}"#, 8, "malformed"),
        (#"{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}"#, 8, "malformed"),
        (#"{"a":{"dtype":"F32","shape":[2e0],"data_offsets":[0,8]}}"#, 8, "malformed"),
        (#"{"a":{"dtype":"F32","shape":[02],"data_offsets":[0,8]}}"#, 8, "malformed"),
        (#"{"a":{"dtype":"F32","shape":[-0],"data_offsets":[0,0]}}"#, 0, "malformed"),
        (#"{"a":{"dtype":"F32","shape":[18446744073709551618],"data_offsets":[0,8]}}"#, 8, "malformed"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,9223372036854775807]}}"#, 8, "malformed"),
        (#"{"a":{"dtype":"U8","shape":[9223372036854775807],"data_offsets":[0,9223372036854775807]}}"#, 8, "malformed"),
        (#"{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}}"#, 2, "malformed"),
        (#" {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 8, "malformed"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} x"#, 8, "malformed"),
        (#"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, 8, "malformed"),
        (#"{"a":{"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,8]}}"#, 8, "malformed"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, 8, "malformed"),
        (#"{"a":{"dtype":"F32","shape":[2]}}"#, 8, "malformed"),
        (#"{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}"#, 8, "malformed"),
        (#"{"a":7}"#, 0, "malformed"), (#"[]"#, 0, "malformed"), (#"{"#, 0, "malformed"),
    ])
    func refusesDamagedHeaders(header: String, dataBytes: Int, kind: String) throws {
        let error = try #require(refusal(try file(header, dataBytes: dataBytes)))
        let found =
            switch error {
            case .truncated: "truncated"
            case .misplaced: "misplaced"
            case .unsupportedType: "unsupportedType"
            case .malformed: "malformed"
            default: "\(error)"
            }
        #expect(found == kind)
    }

    @Test func refusesHugeHeaderBeforeAllocating() throws {
        let path = try folder.write([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0x7B], to: "huge")
        guard case .headerTooLarge? = refusal(path) else {
            Issue.record("a header of 2^63 bytes was not refused")
            return
        }
    }

    @Test func everyTruncationIsRefused() throws {
        try writeSafetensors(
            [NamedTensor("a", Tensor(shape: [3], values: [1, 2, 3])), NamedTensor("b", shape: [1], .int64([4]))],
            to: folder.path("whole"))
        let bytes = try folder.bytes(of: "whole")
        for count in 0..<bytes.count {
            #expect(refusal(try folder.write(Array(bytes[..<count]), to: "part")) != nil, "\(count) of \(bytes.count) bytes")
        }
    }

    @Test func halfPrecisionIsRead() throws {
        let header =
            #"{"h":{"dtype":"F16","shape":[6],"data_offsets":[0,12]},"b":{"dtype":"BF16","shape":[2],"data_offsets":[12,16]}}"#
        let words: [UInt16] = [0x3C00, 0xC000, 0x3555, 0x0001, 0x7BFF, 0xFC00, 0x3F80, 0xC040]
        let size = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
        let data = words.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let reader = try SafetensorsReader(path: folder.write(size + Array(header.utf8) + data, to: "half"))
        let halves = try reader.readFloats(#require(reader.entry("h"))).values
        #expect(halves == [1, -2, 0.33325195, 0x1p-24, 65504, -.infinity])
        #expect(try reader.readFloats(#require(reader.entry("b"))).values == [1, -3])
    }

    @Test func namesAreTheirBytes() throws {
        let names = ["\u{E9}", "e\u{301}", "\u{212B}", "\u{C5}"]
        let tensors = names.enumerated().map { NamedTensor($1, Tensor(shape: [1], values: [Float($0)])) }
        try writeSafetensors(tensors, to: folder.path("names"))
        let reader = try SafetensorsReader(path: folder.path("names"))
        #expect(reader.entries.map { Array($0.name.utf8) } == names.map { Array($0.utf8) })
        for (index, name) in names.enumerated() {
            #expect(try reader.readFloats(#require(reader.entry(name))).values == [Float(index)])
        }
    }

    @Test(arguments: ["__metadata__", "weight"])
    func namesThatAHeaderCannotHoldAreRefused(name: String) throws {
        let tensors = ["weight", name].map { NamedTensor($0, Tensor(shape: [1])) }
        let error = #expect(throws: FileError.self) { try writeSafetensors(tensors, to: folder.path("names")) }
        #expect(error?.description.contains(name) == true)
        #expect(!FileManager.default.fileExists(atPath: folder.path("names")))
    }

    @Test(arguments: ElementType.allCases)
    func everyTypeIsCarriedAsItsBytes(type: ElementType) throws {
        let bytes = (0..<(4 * type.bits / 8)).map { UInt8(255 - $0) }
        try writeSafetensors([NamedTensor("x", shape: [2, 2], .bytes(bytes[...], type))], to: folder.path("typed"))
        let reader = try SafetensorsReader(path: folder.path("typed"))
        let entry = try #require(reader.entry("x"))
        #expect(entry.type == type && entry.count == 4)
        #expect(try reader.readBytes(entry) == bytes)
        if !type.isReadAsFloats { #expect(throws: CheckpointError.self) { try reader.readFloats(entry) } }
    }

    @Test func doublesAreRounded() throws {
        let bytes = [0.1, -0x1p200].flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) } }
        try writeSafetensors([NamedTensor("x", shape: [2], .bytes(bytes[...], .float64))], to: folder.path("doubles"))
        let reader = try SafetensorsReader(path: folder.path("doubles"))
        #expect(try reader.readFloats(reader.entries[0]).values == [0.1, -.infinity])
    }

    @Test func manyTensorsAreRead() throws {
        let count = 60_000
        let parts = (0..<count).map { "\"t\($0)\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[\($0),\($0 + 1)]}" }
        let reader = try SafetensorsReader(path: file("{" + parts.reversed().joined(separator: ",") + "}", dataBytes: count))
        #expect(reader.entries.count == count)
        #expect(reader.entries[count - 1].name == "t\(count - 1)")
    }

    @Test func pointersOfGitLFSAndFoldersAreNamed() throws {
        let text = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 142\n"
        let path = try folder.write(Array(text.utf8), to: "pointer")
        #expect(refusal(path) == .gitLFSPointer(path: path))
        #expect(refusal(folder.path) == .unreadable(path: folder.path, reason: "it is no regular file"))
    }

    @Test func missingFilesAndFoldersAreNamed() {
        let path = folder.path("absent/file")
        #expect(refusal(path) == .unreadable(path: path, reason: "No such file or directory"))
        #expect(throws: FileError.unwritable(path: path, reason: "there is no folder \(folder.path("absent"))")) {
            try writeSafetensors([], to: path)
        }
    }
}
