import Storage

/// What the JSON text of a safetensors header says, read in one pass; no value is checked against another yet.
struct SafetensorsHeaderFields {
    struct Tensor {
        let name: String
        let type: String
        let shape: [Int]
        /// The two data offsets.
        let place: Range<Int>
    }

    private(set) var tensors: [Tensor] = []
    private(set) var metadata: [(name: String, text: String)] = []

    init(parsing bytes: [UInt8]) throws(JSONReader.Failure) {
        var reader = JSONReader(bytes)
        var names: Set<UTF8Name> = []
        try reader.object { (name, reader) throws(JSONReader.Failure) in
            guard names.insert(UTF8Name(name)).inserted else { throw Self.failure(reader, "a second entry \(name)") }
            if name == SafetensorsHeader.metadataName {
                metadata = try Self.metadata(&reader)
            } else {
                tensors.append(try Self.tensor(name, &reader))
            }
        }
        try reader.end()
    }

    /// `{"dtype": TYPE, "shape": [EXTENT, ...], "data_offsets": [BEGIN, END]}`; other fields mean nothing to this version of the format.
    private static func tensor(_ name: String, _ reader: inout JSONReader) throws(JSONReader.Failure) -> Tensor {
        var type: String?
        var shape: [Int]?
        var offsets: [Int]?
        try reader.object { (field, reader) throws(JSONReader.Failure) in
            let isSecond =
                switch field {
                case "dtype": type != nil
                case "shape": shape != nil
                case "data_offsets": offsets != nil
                default: false
                }
            guard !isSecond else { throw failure(reader, "a second \(field) of tensor \(name)") }
            switch field {
            case "dtype": type = try reader.string()
            case "shape": shape = try counts(&reader)
            case "data_offsets": offsets = try counts(&reader)
            default: try reader.skipValue()
            }
        }
        guard let type, let shape, let offsets else {
            throw failure(reader, "an entry for tensor \(name) without dtype, shape or data_offsets")
        }
        guard offsets.count == 2, offsets[0] <= offsets[1] else {
            throw failure(reader, "data_offsets \(offsets.prefix(3)) of tensor \(name), which are no begin and end,")
        }
        return Tensor(name: name, type: type, shape: shape, place: offsets[0]..<offsets[1])
    }

    private static func counts(_ reader: inout JSONReader) throws(JSONReader.Failure) -> [Int] {
        var counts: [Int] = []
        try reader.array { (reader) throws(JSONReader.Failure) in counts.append(try reader.count()) }
        return counts
    }

    private static func metadata(_ reader: inout JSONReader) throws(JSONReader.Failure) -> [(name: String, text: String)] {
        var metadata: [(name: String, text: String)] = []
        var names: Set<UTF8Name> = []
        try reader.object { (name, reader) throws(JSONReader.Failure) in
            guard names.insert(UTF8Name(name)).inserted else {
                throw failure(reader, "a second \(name) in \(SafetensorsHeader.metadataName)")
            }
            metadata.append((name, try reader.string()))
        }
        return metadata
    }

    private static func failure(_ reader: JSONReader, _ problem: String) -> JSONReader.Failure {
        JSONReader.Failure(position: reader.position, problem: problem)
    }
}
