import Codec
import Kernels
import TestSupport
import Testing

/// Damage with a checksum that fits: each check must catch its own.
@Suite struct FrameErrorTests {
    /// Where the tensor table starts.
    private static let table = FrameFormat.headerBytes

    /// A golden frame with bytes overwritten and the checksum made anew.
    private func damaged(_ name: String = "paper6", at offset: Int, _ bytes: [UInt8]) throws -> [UInt8] {
        resealed(try GoldenFrameTests.golden("\(name).frame"), at: offset, with: bytes)
    }

    private func error(of frame: [UInt8], limits: FrameLimits = FrameLimits()) -> FrameError? {
        do throws(FrameError) {
            _ = try UpdateFrame(frame, limits: limits)
            return nil
        } catch {
            return error
        }
    }

    private func isInvalidField(_ error: FrameError?, _ field: String) -> Bool {
        if case .invalidField(field, _) = error { true } else { false }
    }

    @Test func identityIsCheckedFirst() throws {
        #expect(error(of: try damaged(at: 0, [0x88])) == .notAFrame)
        #expect(error(of: Array("a text file, not a frame".utf8)) == .notAFrame)
        #expect(error(of: try damaged(at: 8, [4, 0])) == .unsupportedVersion(4))
        #expect(error(of: try damaged(at: 8, [0, 1])) == .unsupportedVersion(256))
        #expect(error(of: try damaged(at: 16, littleEndian(UInt64(371)))) == .truncated(bytes: 370, expected: 371))
        #expect(error(of: try damaged(at: 16, littleEndian(UInt64(300)))) == .trailingBytes(70))
        var frame = try GoldenFrameTests.golden("paper6.frame")
        frame[100] ^= 1
        #expect(error(of: frame) == .checksumMismatch)
    }

    @Test func headerFieldsAreChecked() throws {
        #expect(isInvalidField(error(of: try damaged(at: 10, [217])), "header length"))
        #expect(isInvalidField(error(of: try damaged(at: 12, [0x6E])), "tensor table length"))
        #expect(isInvalidField(error(of: try damaged(at: 12, [1])), "tensor table length"))
        #expect(error(of: try damaged(at: 56, [3])) == .unknownID(field: "payload kind", value: 3))
        #expect(error(of: try damaged(at: 57, [0])) == .unknownID(field: "codec", value: 0))
        #expect(error(of: try damaged(at: 58, [9])) == .unknownID(field: "table grid", value: 9))
        #expect(error(of: try damaged(at: 59, [1])) == .reservedNotZero(field: "header byte 59"))
        #expect(error(of: try damaged(at: 68, [1])) == .reservedNotZero(field: "header bytes 68...71"))
        #expect(error(of: try damaged(at: 215, [1])) == .reservedNotZero(field: "header bytes 208...215"))
        #expect(isInvalidField(error(of: try damaged(at: 64, [0])), "tensor count"))
        #expect(isInvalidField(error(of: try damaged(at: 72, [17])), "parameter count"))
        let notANumber = littleEndian(Double.nan.bitPattern)
        #expect(isInvalidField(error(of: try damaged(at: 80, notANumber)), "expected error"))
        #expect(isInvalidField(error(of: try damaged(at: 80, littleEndian(1.0.bitPattern))), "expected error"))
        #expect(isInvalidField(error(of: try damaged(at: 88, littleEndian((-1.0).bitPattern))), "squared norm"))
        #expect(isInvalidField(error(of: try damaged(at: 96, littleEndian(Double.infinity.bitPattern))), "D(2)"))
    }

    @Test func tensorEntriesAreChecked() throws {
        let start = Self.table
        #expect(isInvalidField(error(of: try damaged(at: start, [0, 0])), "name length of tensor 0"))
        #expect(
            error(of: try damaged(at: start + 2, [9])) == .limitExceeded(field: "rank of tensor 0", value: 9, limit: 8))
        #expect(error(of: try damaged(at: start + 3, [3])) == .unknownID(field: "grid of tensor 0", value: 3))
        #expect(isInvalidField(error(of: try damaged(at: start + 4, [9])), "bits of tensor 0"))
        #expect(isInvalidField(error(of: try damaged(at: start + 4, [2])), "bits of tensor 0"))
        #expect(error(of: try damaged(at: start + 5, [1])) == .reservedNotZero(field: "reserved bytes of tensor 0"))
        #expect(isInvalidField(error(of: try damaged("float32", at: start + 4, [8])), "tensor 0"))
        #expect(isInvalidField(error(of: try damaged(at: start + 36, [0xFF])), "name of tensor 0"))
    }

    @Test func namesOccurOnce() throws {
        let layout = ParameterLayout([("a", []), ("b", [])])
        let values = Tensor(shape: [2], values: [1, 2])
        let table = try ErrorTable(values, layout: layout, quantizer: .levels(.paper))
        let frame = UpdateFrame.encode(values, as: table.exactCoding, binding: FrameBinding(), seed: 0)
        let secondName = Self.table + 21 + 20
        #expect(frame[secondName] == UInt8(ascii: "b"))
        #expect(isInvalidField(error(of: resealed(frame, at: secondName, with: [UInt8(ascii: "a")])), "name of tensor 1"))
        #expect(throws: CodecError.self) {
            try ErrorTable(values, layout: ParameterLayout([("a", []), ("a", [])]), quantizer: .levels(.paper))
        }
    }

    @Test func sizesAreCheckedBeforeAllocation() throws {
        let extent = Self.table + 20
        for size in [UInt64.max, 1 << 63, 1 << 40] {
            #expect(
                error(of: try damaged(at: extent, littleEndian(size)))
                    == .limitExceeded(field: "element count of tensor 0", value: size, limit: 1 << 30))
        }
        #expect(isInvalidField(error(of: try damaged(at: extent, littleEndian(UInt64(4)))), "parameter count"))
        let frame = try GoldenFrameTests.golden("paper6.frame")
        #expect(
            error(of: frame, limits: FrameLimits(frameBytes: 369))
                == .limitExceeded(field: "frame length", value: 370, limit: 369))
        #expect(error(of: frame, limits: FrameLimits(tensors: 2)) == .limitExceeded(field: "tensor count", value: 3, limit: 2))
        #expect(
            error(of: frame, limits: FrameLimits(parameters: 15))
                == .limitExceeded(field: "parameter count", value: 16, limit: 15))
    }

    @Test func anotherModelIsRefused() throws {
        let frame = try GoldenFrameTests.golden("paper6.frame")
        for layout in [
            ParameterLayout([("conv.weight", [4, 3]), ("conv.bias", [3]), ("scale", [])]),
            ParameterLayout([("conv.weight", [3, 4]), ("conv.bias", [3]), ("shift", [])]),
            ParameterLayout([("conv.weight", [3, 4]), ("conv.bias", [3]), ("scale", []), ("more", [0])]),
        ] {
            guard case .layoutMismatch = error(of: frame, limits: FrameLimits(expecting: layout)) else {
                Issue.record("accepted as \(layout)")
                continue
            }
        }
    }

    @Test func dataIsChecked() throws {
        let data = dataOffset(of: try GoldenFrameTests.golden("paper6.frame"))
        for value: Float in [.nan, .infinity, -1, -0.0, 0x1p127] {
            guard case .invalidScale("conv.weight", 0, _) = error(of: try damaged(at: data, littleEndian(value.bitPattern)))
            else {
                Issue.record("scale \(value) accepted")
                continue
            }
        }
        // Element 0 has the six lowest bits of the first code byte: 100000 is the reserved code.
        let codes = try GoldenFrameTests.golden("paper6.frame")[data + 8]
        #expect(
            error(of: try damaged(at: data + 8, [codes & 0xC0 | 0x20])) == .reservedCode(tensor: "conv.weight", index: 0))
        // conv.bias has 18 bits of codes in three bytes, after conv.weight's 17 bytes and its own scale.
        let last = data + 17 + 8 + 2
        #expect(
            error(of: try damaged(at: last, [0x04])) == .reservedNotZero(field: "unused bits after the codes of conv.bias"))
        let infinity = littleEndian(Float.infinity.bitPattern)
        #expect(
            error(of: try damaged("float32", at: data + 4, infinity))
                == .valueOutOfRange(tensor: "conv.weight", index: 1, value: .infinity))
    }

    @Test func everyChangedByteIsSafe() throws {
        let golden = try GoldenFrameTests.golden("zero3.frame")
        let layout = GoldenFrameTests.layout
        let decoded = Tensor(shape: [layout.parameterCount])
        for offset in 0..<(golden.count - 8) {
            for byte: UInt8 in [0x00, 0x01, 0x7F, 0x80, 0xFF] {
                let frame = try damaged("zero3", at: offset, [byte])
                guard let accepted = try? UpdateFrame(frame, limits: FrameLimits(expecting: layout)) else { continue }
                accepted.decode(into: decoded)
                #expect(decoded.values.allSatisfy { $0.isFinite })
            }
        }
    }
}
