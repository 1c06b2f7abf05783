import Foundation

/// A minimal safetensors file, written and read without the program under test.
package struct TensorFile {
    package struct Entry: Equatable {
        package var type = "F32"
        package let shape: [Int]
        package let bytes: [UInt8]

        package init(type: String = "F32", shape: [Int], bytes: [UInt8]) {
            (self.type, self.shape, self.bytes) = (type, shape, bytes)
        }
    }

    package var entries: [String: Entry] = [:]
    package var metadata: [String: String]?
    /// Names in the order of their data, of a file that was read.
    package private(set) var order: [String] = []

    package init() {}

    package init(_ path: String) throws {
        let data = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let headerBytes = data[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
        let header = try JSONSerialization.jsonObject(with: Data(data[8..<8 + headerBytes])) as? [String: [String: Any]] ?? [:]
        metadata = header["__metadata__"] as? [String: String]
        var places: [(offsets: [Int], name: String)] = []
        for (name, field) in header where name != "__metadata__" {
            guard let type = field["dtype"] as? String, let shape = field["shape"] as? [Int],
                let offsets = field["data_offsets"] as? [Int]
            else { throw CocoaError(.coderInvalidValue) }
            places.append((offsets, name))
            let start = 8 + headerBytes
            entries[name] = Entry(type: type, shape: shape, bytes: Array(data[start + offsets[0]..<start + offsets[1]]))
        }
        order = places.sorted { ($0.offsets[0], $0.offsets[1], $0.name) < ($1.offsets[0], $1.offsets[1], $1.name) }.map(\.name)
    }

    package mutating func set(_ name: String, _ shape: [Int], _ values: [Float]) {
        entries[name] = Entry(shape: shape, bytes: values.flatMap { value in withUnsafeBytes(of: value) { Array($0) } })
    }

    package mutating func set(_ name: String, timesteps: [Int64]) {
        let bytes = timesteps.flatMap { value in withUnsafeBytes(of: value) { Array($0) } }
        entries[name] = Entry(type: "I64", shape: [timesteps.count], bytes: bytes)
    }

    package func floats(_ name: String) -> [Float] {
        (entries[name]?.bytes ?? []).withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
        }
    }

    package func write(to path: String) throws {
        var header: [String: Any] = metadata.map { ["__metadata__": $0] } ?? [:]
        var data: [UInt8] = []
        for (name, entry) in entries.sorted(by: { $0.key < $1.key }) {
            let range = [data.count, data.count + entry.bytes.count]
            header[name] = ["dtype": entry.type, "shape": entry.shape, "data_offsets": range] as [String: Any]
            data += entry.bytes
        }
        let text = [UInt8](try JSONSerialization.data(withJSONObject: header))
        let size = withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) }
        try Data(size + text + data).write(to: URL(fileURLWithPath: path))
    }
}
