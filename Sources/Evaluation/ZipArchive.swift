import CZlib
import Foundation
import ImageQuality
import Storage

/// The members of a zip file, stored or deflated, as NumPy writes them.
///
/// What a header says is checked against the file before anything is allocated, and every member against its checksum.
struct ZipArchive {
    private struct Member {
        let name: String
        let method: UInt16
        let checksum: UInt32
        let packedBytes: Int
        let bytes: Int
        let headerOffset: Int
    }

    let path: String
    /// The file, mapped: large members are not copied.
    private let file: Data
    private var members: [Member] = []

    var names: [String] { members.map(\.name) }

    /// - Throws: `FileError` for a file that cannot be read, `EvaluationError` for one that is no such archive.
    init(_ path: String) throws {
        self.path = path
        // Foundation loses memory over a file without bytes.
        var status = stat()
        guard stat(path, &status) != 0 || status.st_size > 0 else {
            throw EvaluationError(path, "is empty", wayOut: "write it again with numpy.savez")
        }
        do {
            file = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        } catch {
            throw FileError.unreadable(path: path, reason: FileError.reason(error))
        }
        members = try readDirectory()
    }

    /// The bytes of a member; nil where there is none of that name.
    func contents(of name: String) throws -> Data? {
        guard let member = members.first(where: { $0.name == name }) else { return nil }
        // The local header's name and extra field may have other lengths than the directory's.
        let lengths = try (integer(member.headerOffset + 26, UInt16.self), integer(member.headerOffset + 28, UInt16.self))
        guard try integer(member.headerOffset, UInt32.self) == 0x0403_4B50 else { throw damaged("no header of \(name)") }
        let start = member.headerOffset + 30 + Int(lengths.0) + Int(lengths.1)
        guard start + member.packedBytes <= file.count else { throw damaged("\(name) ends behind the file") }
        let packed = file[start..<start + member.packedBytes]
        let contents: Data
        switch member.method {
        case 0 where member.packedBytes == member.bytes: contents = packed
        case 8: contents = try inflated(packed, member)
        default: throw damaged("\(name) is packed by method \(member.method), neither stored nor deflated")
        }
        guard Self.checksum(contents) == member.checksum else { throw damaged("the checksum of \(name) is wrong") }
        return contents
    }

    /// Reads the central directory, which the last bytes of the file point to.
    private func readDirectory() throws -> [Member] {
        let endBytes = 22
        guard file.count >= endBytes else { throw damaged("\(file.count) bytes are no zip file") }
        let candidates = stride(from: file.count - endBytes, through: max(0, file.count - endBytes - 0xFFFF), by: -1)
        guard let end = candidates.first(where: { (try? integer($0, UInt32.self)) == 0x0605_4B50 }) else {
            throw damaged("it has no directory of a zip file")
        }
        var position = Int(try integer(end + 16, UInt32.self))
        var members: [Member] = []
        for _ in 0..<Int(try integer(end + 10, UInt16.self)) {
            guard try integer(position, UInt32.self) == 0x0201_4B50 else { throw damaged("its directory breaks off") }
            let (packed, bytes) = try (integer(position + 20, UInt32.self), integer(position + 24, UInt32.self))
            let offset = try integer(position + 42, UInt32.self)
            guard ![packed, bytes, offset].contains(.max) else { throw damaged("members above 4 GiB (ZIP64) are not read") }
            let nameBytes = Int(try integer(position + 28, UInt16.self))
            guard position + 46 + nameBytes <= file.count else { throw damaged("its directory breaks off") }
            members.append(
                Member(
                    name: String(decoding: file[position + 46..<position + 46 + nameBytes], as: UTF8.self),
                    method: try integer(position + 10, UInt16.self), checksum: try integer(position + 16, UInt32.self),
                    packedBytes: Int(packed), bytes: Int(bytes), headerOffset: Int(offset)))
            let (extra, comment) = try (integer(position + 30, UInt16.self), integer(position + 32, UInt16.self))
            position += 46 + nameBytes + Int(extra) + Int(comment)
        }
        return members
    }

    private func integer<Value: FixedWidthInteger>(_ offset: Int, _: Value.Type) throws -> Value {
        let size = MemoryLayout<Value>.size
        guard offset >= 0, offset + size <= file.count else { throw damaged("it breaks off") }
        return (0..<size).reduce(0) { $0 | Value(truncatingIfNeeded: file[offset + $1]) << (8 * $1) }
    }

    /// Deflate makes 1032 bytes of one at most: a header that says more is wrong.
    private func inflated(_ packed: Data, _ member: Member) throws -> Data {
        guard member.bytes <= 1032 * member.packedBytes + 64 else { throw damaged("\(member.name) cannot be so large") }
        var result = Data(count: member.bytes)
        let status = result.withUnsafeMutableBytes { target in
            packed.withUnsafeBytes { source -> Int32 in
                var stream = z_stream()
                guard inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
                    return Z_MEM_ERROR
                }
                defer { inflateEnd(&stream) }
                // SAFETY: zlib reads `avail_in` bytes of the source, which it does not change, and writes `avail_out` of the target;
                // both counts are below 4 GiB.
                stream.next_in = UnsafeMutablePointer(mutating: source.bindMemory(to: UInt8.self).baseAddress)
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.bindMemory(to: UInt8.self).baseAddress
                stream.avail_out = UInt32(target.count)
                let status = inflate(&stream, Z_FINISH)
                return status == Z_STREAM_END && stream.avail_out == 0 ? Z_OK : Z_DATA_ERROR
            }
        }
        guard status == Z_OK else { throw damaged("\(member.name) cannot be unpacked") }
        return result
    }

    private static func checksum(_ bytes: Data) -> UInt32 {
        bytes.withUnsafeBytes { bytes in
            // SAFETY: the bytes of `Data` are there for the time of the closure.
            UInt32(truncatingIfNeeded: crc32_z(0, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count))
        }
    }

    private func damaged(_ detail: String) -> EvaluationError {
        EvaluationError(path, "is not usable: \(detail)", wayOut: "write it again with numpy.savez")
    }
}
