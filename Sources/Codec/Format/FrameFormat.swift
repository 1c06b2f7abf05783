import Kernels

/// The versions of a frame without a carried section: which one is written follows from what the error table is of. Version 3 is either
/// of them with that section. docs/wire-format.md
enum FrameVersion: UInt16, CaseIterable {
    case levels = 1
    case lattice = 2

    /// Bytes of a tensor's entry without its extents and name.
    var tensorEntryBytes: Int { self == .levels ? 20 : 28 }
}

/// The frame's fixed sizes and limits. docs/wire-format.md
package enum FrameFormat {
    package static let magic: [UInt8] = [0x89, 0x47, 0x44, 0x55, 0x0D, 0x0A, 0x1A, 0x0A]
    /// Bytes before the tensor table.
    package static let headerBytes = 216
    /// The version of a frame with a carried section; its table grid says which of the others it is besides.
    static let carryingVersion: UInt16 = 3
    /// Where the header has the version, the grid of the error table and the coded sizes.
    static let (versionOffset, tableGridOffset, codedSizesOffset) = (8, 58, 152)
    /// Where the header has the length of the tensor table, of the whole frame, and the squared norm.
    package static let (tensorTableLengthOffset, frameLengthOffset, squaredNormOffset) = (12, 16, 88)
    package static let checksumBytes = 8
    /// The id of a lattice where a frame names a grid; those of levels are `LevelGrid`'s.
    static let latticeGridID: UInt8 = 3
    static let maximumRank = 8
    static let maximumNameBytes = 1024
    /// Bytes of a carried section before its entries, of an entry without its extents and name, and of a metadata field without its texts.
    static let (carriedHeaderBytes, carriedEntryBytes, metadataFieldBytes) = (8, 8, 8)
    /// Names and texts of all metadata fields together: no header of a safetensors file holds more.
    static let maximumMetadataBytes = 100_000_000
    /// What `FrameError.limitExceeded` calls the length of the carried section.
    package static let carriedBytesField = "length of the carried section"

    /// The checksum that belongs behind everything before the last eight bytes.
    package static func checksum(of frame: [UInt8]) -> UInt64 {
        frame.withUnsafeBytes { hash64(UnsafeRawBufferPointer(rebasing: $0.dropLast(checksumBytes))) }
    }

    /// Bytes of a frame besides its data.
    static func bytesBesideData(_ layout: ParameterLayout, version: FrameVersion) -> Int {
        headerBytes + checksumBytes
            + layout.entries.reduce(0) { $0 + version.tensorEntryBytes + 8 * $1.shape.count + $1.name.utf8.count }
    }

    /// Throws where no frame can hold tensors of these names and shapes.
    static func verify(_ layout: ParameterLayout) throws(CodecError) {
        guard !layout.entries.isEmpty else {
            throw .unsupportedTensor(name: "(none)", reason: "a frame needs at least one tensor")
        }
        var names: Set<[UInt8]> = []
        for entry in layout.entries {
            guard names.insert(Array(entry.name.utf8)).inserted else {
                throw .unsupportedTensor(name: entry.name, reason: "the name occurs twice")
            }
            try verify(entry.name, entry.shape)
        }
    }

    /// Throws where no frame can hold a tensor of that name and shape.
    static func verify(_ name: String, _ shape: [Int]) throws(CodecError) {
        guard (1...maximumNameBytes).contains(name.utf8.count) else {
            throw .unsupportedTensor(name: name, reason: "a name has 1...\(maximumNameBytes) UTF-8 bytes")
        }
        guard shape.count <= maximumRank else {
            throw .unsupportedTensor(name: name, reason: "a shape has at most \(maximumRank) extents")
        }
    }
}
