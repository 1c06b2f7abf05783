import Codec
import Foundation
import Kernels
import TestSupport
import Testing

/// What a frame of version 3 carries. `tools/greendiff_tools/fixtures/carried_frames.py` wrote the golden ones from the specification.
@Suite struct CarriedSectionTests {
    private struct Golden: Decodable {
        struct Held: Decodable {
            let name: String
            let type: String
            let shape: [Int]
            let place: Int
            let data: [UInt8]
        }
        let tensors: [Held]
        let metadata: [String: String]

        /// The section in golden-v3.json.
        static func section() throws -> CarriedSection {
            let golden = try JSONDecoder().decode(Golden.self, from: Data(fixture("golden-v3.json")))
            return try CarriedSection(
                golden.tensors.map {
                    CarriedTensor(
                        name: $0.name, type: try #require(ElementType(rawValue: $0.type)), shape: $0.shape, place: $0.place,
                        bytes: $0.data[...])
                }, metadata: golden.metadata.map { ($0.key, $0.value) })
        }
    }

    private static func fixture(_ name: String) throws -> [UInt8] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
        return Array(try Data(contentsOf: folder.appending(path: name)))
    }

    private func error(of frame: [UInt8], limits: FrameLimits = FrameLimits()) -> FrameError? {
        do throws(FrameError) {
            _ = try UpdateFrame(frame, limits: limits)
            return nil
        } catch {
            return error
        }
    }

    /// A golden frame of raw values with a section of one tensor, of four bytes, and one text; its parts by their offsets.
    private func small() throws -> (frame: [UInt8], entry: Int, field: Int, data: Int) {
        let alone = try Self.fixture("golden-v1-float32.frame")
        let tensor = CarriedTensor(name: "ids", type: .int16, shape: [2], place: 1, bytes: [1, 0, 255, 255])
        let frame = try CarriedSection([tensor], metadata: [("k", "v")]).attached(to: alone)
        let entry = alone.count - 8 + 8
        return (frame, entry, entry + 8 + 8 + 3, entry + 8 + 8 + 3 + 8 + 2)
    }

    @Test(arguments: [("levels", "golden-v1-zero3"), ("lattice", "golden-v2-stochastic")])
    func goldenFramesAreWrittenAndRead(name: String, base: String) throws {
        let (golden, alone) = (try Self.fixture("golden-v3-\(name).frame"), try Self.fixture("\(base).frame"))
        let section = try Golden.section()
        #expect(section.attached(to: alone) == golden)
        #expect(golden.count == alone.count + section.byteCount)
        let (frame, expected) = (try UpdateFrame(golden), try UpdateFrame(alone))
        #expect(frame.header.version == 3 && frame.header.codec == expected.header.codec)
        #expect(frame.header.carried.bytes == section.bytes)
        #expect(frame.header.carried.metadata.map(\.name) == ["", "format", "note"])
        #expect(frame.header.layout == expected.header.layout && frame.header.binding == expected.header.binding)
        for bits in CodeWidths.all {
            #expect(frame.header.table.codedBytes(bits: bits) == expected.header.table.codedBytes(bits: bits) + section.byteCount)
        }
        let values = [frame, expected].map { frame in
            let tensor = Tensor(shape: [frame.header.parameterCount])
            frame.decode(into: tensor)
            return tensor.values
        }
        #expect(values[0] == values[1])
        #expect(frame.header.carried.attached(to: alone) == golden)
    }

    @Test func nothingToCarryLeavesTheFrameAsItIs() throws {
        let alone = try Self.fixture("golden-v1-zero3.frame")
        #expect(try CarriedSection([], metadata: []).attached(to: alone) == alone)
        #expect(CarriedSection.none.byteCount == 0)
        #expect(try UpdateFrame(alone).header.carried.isEmpty)
    }

    @Test(arguments: ElementType.allCases)
    func everyTypeComesBackAsItsBytes(type: ElementType) throws {
        let bytes = (0..<type.bits).map { UInt8(truncatingIfNeeded: 251 &* $0 &+ 7) }
        var tensors = [
            CarriedTensor(name: "two\0by\n", type: type, shape: [2, 4], place: 0, bytes: bytes[...]),
            CarriedTensor(name: "\u{E9}", type: type, shape: [0, 3], place: 2, bytes: []),
            CarriedTensor(name: "e\u{301}", type: type, shape: [3, 0], place: 2, bytes: []),
        ]
        if type.bits % 8 == 0 {
            tensors.append(CarriedTensor(name: "one", type: type, shape: [], place: 3, bytes: bytes[..<(type.bits / 8)]))
        }
        let section = try CarriedSection(tensors, metadata: [("\u{E9}", "1"), ("e\u{301}", "2")])
        let frame = try UpdateFrame(section.attached(to: try Self.fixture("golden-v1-zero3.frame")))
        #expect(frame.header.carried.bytes == section.bytes)
        #expect(frame.header.carried.tensors.map { Array($0.name.utf8) } == tensors.map { Array($0.name.utf8) })
        #expect(frame.header.carried.metadata.map(\.text) == ["2", "1"])
    }

    @Test func everyTruncationIsRefused() throws {
        let golden = try Self.fixture("golden-v3-levels.frame")
        for count in 0..<golden.count {
            #expect(throws: FrameError.self, "\(count) bytes") { try UpdateFrame(Array(golden.prefix(count))) }
        }
        #expect(error(of: golden + [0]) == .trailingBytes(1))
    }

    /// With the checksum as it was a changed byte is noticed; with one that fits it is refused, or a frame that says something else.
    @Test func everyChangedByteOfTheSectionIsNoticed() throws {
        let golden = try Self.fixture("golden-v3-levels.frame")
        let alone = try Self.fixture("golden-v1-zero3.frame")
        let section = try Golden.section()
        for offset in (alone.count - 8)..<(golden.count - 8) {
            for bit in 0..<8 {
                var damaged = golden
                damaged[offset] ^= 1 << UInt8(bit)
                #expect(error(of: damaged) == .checksumMismatch)
                let sealed = resealed(damaged, at: offset, with: [damaged[offset]])
                guard let frame = try? UpdateFrame(sealed) else { continue }
                #expect(frame.header.carried.bytes != section.bytes, "bit \(bit) of byte \(offset)")
                #expect(frame.header.carried.attached(to: alone) == sealed, "bit \(bit) of byte \(offset)")
            }
        }
    }

    @Test func fieldsOfTheSectionAreChecked() throws {
        let (frame, entry, field, data) = try small()
        #expect(frame[data...].starts(with: [1, 0, 255, 255]))
        func invalid(at offset: Int, _ bytes: [UInt8]) -> String? {
            guard case .invalidField(let field, _) = error(of: resealed(frame, at: offset, with: bytes)) else { return nil }
            return field
        }
        for (offset, count) in [(entry - 8, 0), (entry - 4, 0), (entry - 8, 2)] as [(Int, UInt8)] {
            #expect(error(of: resealed(frame, at: offset, with: [count])) != nil)
        }
        #expect(invalid(at: entry - 8, [255]) == "carried section" && invalid(at: entry - 4, [7]) == "carried section")
        #expect(invalid(at: entry - 4, littleEndian(UInt32.max)) == "carried section")
        #expect(invalid(at: entry, [0]) == "name length of carried tensor 0")
        #expect(invalid(at: entry, littleEndian(UInt16(1025))) == "name length of carried tensor 0")
        #expect(invalid(at: entry, littleEndian(UInt16(1024))) == "name of carried tensor 0")
        #expect(invalid(at: entry + 4, [4]) == "place of carried tensor 0")
        #expect(invalid(at: entry + 8, littleEndian(UInt64(1) << 63)) == "shape of carried tensor 0")
        #expect(invalid(at: entry + 8, littleEndian(UInt64(1) << 60)) == "shape of carried tensor 0")
        #expect(invalid(at: entry + 8, [3]) == "elements of ids" && invalid(at: entry + 8, [1]) == "carried section")
        #expect(invalid(at: entry + 16, [0xFF]) == "name of carried tensor 0")
        #expect(invalid(at: field, [200]) == "name of metadata field 0")
        #expect(invalid(at: field + 4, [200]) == "text of metadata field 0")
        #expect(invalid(at: field + 9, [0xC0]) == "text of metadata field 0")
        #expect(
            error(of: resealed(frame, at: entry + 2, with: [9]))
                == .limitExceeded(field: "rank of carried tensor 0", value: 9, limit: 8))
        for id: UInt8 in [0, 23, 255] {
            #expect(
                error(of: resealed(frame, at: entry + 3, with: [id]))
                    == .unknownID(field: "element type of carried tensor 0", value: Int(id)))
        }
        #expect(
            error(of: resealed(frame, at: field + 4, with: littleEndian(UInt32(100_000_000))))
                == .limitExceeded(field: "metadata bytes", value: 100_000_001, limit: 100_000_000))
        #expect(error(of: resealed(frame, at: 58, with: [4])) == .unknownID(field: "table grid", value: 4))
    }

    @Test func aFrameOfVersionThreeCarriesSomething() throws {
        let alone = try Self.fixture("golden-v1-zero3.frame")
        guard case .invalidField = error(of: resealed(alone, at: 8, with: [3])) else {
            Issue.record("a frame of version 3 without a section is accepted")
            return
        }
        let (frame, entry, field, _) = try small()
        // The same frame without its tensor and text: two counts of 0 are left.
        var bytes = Array(frame[..<entry]) + frame.suffix(8)
        bytes.replaceSubrange((entry - 8)..<entry, with: [UInt8](repeating: 0, count: 8))
        bytes.replaceSubrange(16..<24, with: littleEndian(UInt64(bytes.count)))
        guard case .invalidField("carried section", _) = error(of: resealed(bytes, at: 8, with: [3])) else {
            Issue.record("an empty section is accepted")
            return
        }
        #expect(field > entry)
    }

    @Test func namesOccurOnceAndInOrder() throws {
        let alone = try Self.fixture("golden-v1-float32.frame")
        func tensor(_ name: String, place: Int = 0) -> CarriedTensor {
            CarriedTensor(name: name, type: .uint8, shape: [1], place: place, bytes: [7])
        }
        func field(_ section: CarriedSection) -> String? {
            guard case .invalidField(let field, _) = error(of: section.attached(to: alone)) else { return nil }
            return field
        }
        #expect(field(try CarriedSection([tensor("conv.bias")], metadata: [])) == "name of carried tensor 0")
        #expect(field(try CarriedSection([tensor("a"), tensor("a")], metadata: [])) == "name of carried tensor 1")
        #expect(field(try CarriedSection([], metadata: [("a", "1"), ("a", "2")])) == "name of metadata field 1")
        #expect(field(try CarriedSection([tensor("a"), tensor("b")], metadata: [("a", ""), ("ab", "")])) == nil)
        #expect(field(try CarriedSection([tensor("a", place: 4)], metadata: [])) == "place of carried tensor 0")
        let ordered = try CarriedSection([tensor("a", place: 1), tensor("b", place: 2)], metadata: []).attached(to: alone)
        let second = alone.count - 8 + 8 + 8 + 8 + 1
        guard case .invalidField("place of carried tensor 1", _) = error(of: resealed(ordered, at: second + 4, with: [0])) else {
            Issue.record("places that fall are accepted")
            return
        }
    }

    @Test func namesAndShapesThatNoFrameHoldsAreRefused() {
        for (name, shape) in [("", [1]), (String(repeating: "n", count: 1025), [1]), ("a", [Int](repeating: 1, count: 9))] {
            let tensor = CarriedTensor(name: name, type: .uint8, shape: shape, place: 0, bytes: [7])
            #expect(throws: CodecError.self) { try CarriedSection([tensor], metadata: []) }
        }
    }

    @Test func receiversSetLimits() throws {
        let golden = try Self.fixture("golden-v3-levels.frame")
        let bytes = try Golden.section().byteCount
        #expect(error(of: golden, limits: FrameLimits(tensors: 9, carriedBytes: bytes)) == nil)
        #expect(
            error(of: golden, limits: FrameLimits(carriedBytes: bytes - 1))
                == .limitExceeded(field: FrameFormat.carriedBytesField, value: UInt64(bytes), limit: bytes - 1))
        #expect(
            error(of: golden, limits: FrameLimits(tensors: 8)) == .limitExceeded(field: "tensor count", value: 9, limit: 8))
        #expect(error(of: golden, limits: FrameLimits(carriedBytes: 0)) == .carriedNotAccepted)
        #expect(error(of: try small().frame, limits: FrameLimits(expecting: GoldenFrameTests.layout)) == .carriedNotAccepted)
        let frame = try UpdateFrame(golden)
        #expect(throws: FrameError.carriedNotAccepted) { try frame.verify(GoldenFrameTests.binding) }
    }
}
