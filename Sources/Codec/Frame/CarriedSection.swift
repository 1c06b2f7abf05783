import Kernels

/// A tensor that a frame carries as it is, beside those that it codes.
package struct CarriedTensor: Sendable {
    package let name: String
    package let type: ElementType
    package let shape: [Int]
    /// How many of the coded tensors stand before it in their file.
    package let place: Int
    /// Its elements, as they lie in a safetensors file.
    package let bytes: ArraySlice<UInt8>

    /// Elements of that type and shape (precondition on their bytes).
    package init(name: String, type: ElementType, shape: [Int], place: Int, bytes: ArraySlice<UInt8>) {
        precondition(type.size(of: shape)?.bytes == bytes.count, "\(name): \(bytes.count) bytes for shape \(shape) of \(type)")
        (self.name, self.type, self.shape, self.place, self.bytes) = (name, type, shape, place, bytes)
    }
}

/// What a frame of version 3 holds beside its coded tensors: tensors of other types, byte for byte, and the texts of their file.
///
/// Only frames of files have one. It is attached to a frame that is finished, so that nothing in a round can make one, and a receiver of
/// updates refuses it.
package struct CarriedSection: Sendable {
    /// In the order of their data in the file.
    package let tensors: [CarriedTensor]
    /// Texts by name, in the order of the names' bytes.
    package let metadata: [(name: String, text: String)]

    /// A section that holds nothing: the frame has none.
    package static let none = CarriedSection(checked: [], metadata: [])

    /// Tensors and texts of a file.
    ///
    /// - Parameters:
    ///   - tensors: with places that do not fall, and names that differ from each other and from those of coded tensors (precondition).
    ///   - metadata: with names that differ (precondition), in any order.
    /// - Throws: `CodecError.unsupportedTensor` for a name or shape that no frame can hold.
    package init(_ tensors: [CarriedTensor], metadata: [(name: String, text: String)]) throws(CodecError) {
        for tensor in tensors { try FrameFormat.verify(tensor.name, tensor.shape) }
        precondition(zip(tensors, tensors.dropFirst()).allSatisfy { $0.place <= $1.place }, "the tensors are out of order")
        self.init(
            checked: tensors, metadata: metadata.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) })
    }

    /// What `CarriedSectionParser` has read.
    init(checked tensors: [CarriedTensor], metadata: [(name: String, text: String)]) {
        (self.tensors, self.metadata) = (tensors, metadata)
    }

    package var isEmpty: Bool { tensors.isEmpty && metadata.isEmpty }

    /// Bytes of the carried tensors' elements.
    package var tensorBytes: Int { tensors.reduce(0) { $0 + $1.bytes.count } }

    /// Bytes that a frame has more with the section.
    package var byteCount: Int {
        guard !isEmpty else { return 0 }
        let entries = tensors.reduce(0) { $0 + FrameFormat.carriedEntryBytes + 8 * $1.shape.count + $1.name.utf8.count }
        let fields = metadata.reduce(0) { $0 + FrameFormat.metadataFieldBytes + $1.name.utf8.count + $1.text.utf8.count }
        return FrameFormat.carriedHeaderBytes + entries + fields + tensorBytes
    }

    /// A frame of version 1 or 2 (precondition) with the section behind its data: version 3. The frame itself where there is none.
    package func attached(to frame: consuming [UInt8]) -> [UInt8] {
        guard !isEmpty else { return frame }
        let added = byteCount
        OutOfMemory.require(bytes: frame.count + added)
        var writer = ByteWriter(bytes: frame)
        writer.bytes.removeLast(FrameFormat.checksumBytes)
        writer.bytes.reserveCapacity(writer.bytes.count + added + FrameFormat.checksumBytes)
        writer.replace(at: FrameFormat.versionOffset) { (version: UInt16) in
            precondition(FrameVersion(rawValue: version) != nil, "version \(version) has a section already")
            return FrameFormat.carryingVersion
        }
        let sizes = (0..<CodeWidths.all.count).map { FrameFormat.codedSizesOffset + 8 * $0 }
        for offset in [FrameFormat.frameLengthOffset] + sizes {
            writer.replace(at: offset) { (bytes: UInt64) in bytes + UInt64(added) }
        }
        write(to: &writer)
        writer.append(writer.bytes.withUnsafeBytes(hash64))
        return writer.bytes
    }

    /// The section as it stands in a frame.
    package var bytes: [UInt8] {
        var writer = ByteWriter()
        if !isEmpty { write(to: &writer) }
        return writer.bytes
    }

    /// Appends the section, field by field as `CarriedSectionParser` reads it.
    func write(to writer: inout ByteWriter) {
        writer.append(UInt32(tensors.count))
        writer.append(UInt32(metadata.count))
        for tensor in tensors {
            writer.append(UInt16(tensor.name.utf8.count))
            writer.append(UInt8(tensor.shape.count))
            writer.append(tensor.type.frameID)
            writer.append(UInt32(tensor.place))
            for extent in tensor.shape { writer.append(UInt64(extent)) }
            writer.bytes += tensor.name.utf8
        }
        for field in metadata {
            writer.append(UInt32(field.name.utf8.count))
            writer.append(UInt32(field.text.utf8.count))
            writer.bytes += field.name.utf8
            writer.bytes += field.text.utf8
        }
        for tensor in tensors { writer.bytes += tensor.bytes }
    }
}

extension ElementType {
    /// The type's id in a frame, part of the update frame's specification.
    var frameID: UInt8 {
        switch self {
        case .float64: 1
        case .float32: 2
        case .float16: 3
        case .bfloat16: 4
        case .float8E4M3: 5
        case .float8E5M2: 6
        case .float8E8M0: 7
        case .float8E4M3FNUZ: 8
        case .float8E5M2FNUZ: 9
        case .float6E2M3: 10
        case .float6E3M2: 11
        case .float4: 12
        case .complex64: 13
        case .int64: 14
        case .int32: 15
        case .int16: 16
        case .int8: 17
        case .uint64: 18
        case .uint32: 19
        case .uint16: 20
        case .uint8: 21
        case .boolean: 22
        }
    }

    init?(frameID: UInt8) {
        guard let type = Self.allCases.first(where: { $0.frameID == frameID }) else { return nil }
        self = type
    }
}
