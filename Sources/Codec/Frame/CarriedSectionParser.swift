import Kernels

/// Reads and checks what a frame carries beside its coded tensors. Elements stay where they lie in the frame.
struct CarriedSectionParser {
    let limits: FrameLimits
    var reader: ByteReader

    /// An entry before the place of its elements is known.
    private typealias Entry = (name: String, type: ElementType, shape: [Int], place: Int, bytes: Int)

    /// The section that ends where the reader does.
    mutating func section(beside coded: [TensorEntry]) throws(FrameError) -> CarriedSection {
        let bytes = reader.end - reader.position
        try FrameLimits.require(FrameFormat.carriedBytesField, bytes, atMost: limits.carriedBytes)
        let tensorCount = Int(try reader.read("number of carried tensors", as: UInt32.self))
        let fieldCount = Int(try reader.read("number of metadata fields", as: UInt32.self))
        guard tensorCount + fieldCount > 0 else {
            throw .invalidField(field: "carried section", detail: "holds nothing; without it a frame is of version 1 or 2")
        }
        try FrameLimits.require("tensor count", coded.count + tensorCount, atMost: limits.tensors)
        let smallest = tensorCount * (FrameFormat.carriedEntryBytes + 1) + fieldCount * FrameFormat.metadataFieldBytes
        guard smallest <= reader.end - reader.position else {
            throw .invalidField(
                field: "carried section",
                detail: "has \(bytes) bytes, impossible for \(tensorCount) tensors and \(fieldCount) fields")
        }
        let entries = try entries(tensorCount, beside: coded)
        let metadata = try metadata(fieldCount)
        var tensors: [CarriedTensor] = []
        for entry in entries {
            let start = try reader.skip(entry.bytes, field: "elements of \(entry.name)")
            tensors.append(
                CarriedTensor(
                    name: entry.name, type: entry.type, shape: entry.shape, place: entry.place,
                    bytes: reader.bytes[start..<start + entry.bytes]))
        }
        guard reader.position == reader.end else {
            throw .invalidField(
                field: "carried section", detail: "has \(bytes) bytes, its fields take \(bytes - (reader.end - reader.position))")
        }
        return CarriedSection(checked: tensors, metadata: metadata)
    }

    private mutating func entries(_ count: Int, beside coded: [TensorEntry]) throws(FrameError) -> [Entry] {
        var names = Set(coded.map { Array($0.name.utf8) })
        var entries: [Entry] = []
        for index in 0..<count {
            let entry = try entry(index)
            guard names.insert(Array(entry.name.utf8)).inserted else {
                throw .invalidField(field: "name of carried tensor \(index)", detail: "\(entry.name) occurs twice")
            }
            let places = (entries.last?.place ?? 0)...coded.count
            guard places.contains(entry.place) else {
                throw .invalidField(field: "place of carried tensor \(index)", detail: "is \(entry.place), outside \(places)")
            }
            entries.append(entry)
        }
        return entries
    }

    private mutating func entry(_ index: Int) throws(FrameError) -> Entry {
        let nameBytes = Int(try reader.read("name length of carried tensor \(index)", as: UInt16.self))
        let rank = Int(try reader.read("rank of carried tensor \(index)", as: UInt8.self))
        try FrameLimits.require("rank of carried tensor \(index)", rank, atMost: FrameFormat.maximumRank)
        let type = try reader.readID("element type of carried tensor \(index)", ElementType.init(frameID:))
        let place = Int(try reader.read("place of carried tensor \(index)", as: UInt32.self))
        var shape: [Int] = []
        for _ in 0..<rank { shape.append(try reader.readCount("shape of carried tensor \(index)")) }
        let name = try reader.readTensorName(nameBytes, of: "carried tensor \(index)")
        guard let bytes = type.size(of: shape)?.bytes else {
            throw .invalidField(
                field: "shape of carried tensor \(index)", detail: "\(shape) of \(type.rawValue) has no whole bytes below 2^60")
        }
        return (name, type, shape, place, bytes)
    }

    /// Fields in the order of their names' bytes, so that none occurs twice and equal sections have equal bytes.
    private mutating func metadata(_ count: Int) throws(FrameError) -> [(name: String, text: String)] {
        var fields: [(name: String, text: String)] = []
        var bytes = 0
        for index in 0..<count {
            let nameBytes = Int(try reader.read("name length of metadata field \(index)", as: UInt32.self))
            let textBytes = Int(try reader.read("text length of metadata field \(index)", as: UInt32.self))
            bytes += nameBytes + textBytes
            try FrameLimits.require("metadata bytes", bytes, atMost: FrameFormat.maximumMetadataBytes)
            let name = try reader.readText(nameBytes, field: "name of metadata field \(index)")
            let text = try reader.readText(textBytes, field: "text of metadata field \(index)")
            if let last = fields.last, !last.name.utf8.lexicographicallyPrecedes(name.utf8) {
                throw .invalidField(field: "name of metadata field \(index)", detail: "\(name) does not come after \(last.name)")
            }
            fields.append((name, text))
        }
        return fields
    }
}
