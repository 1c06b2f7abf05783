import Foundation

/// How a device file is written.
package enum DeviceFileFormat: String, Sendable, CaseIterable {
    /// One array of objects, one a device.
    case json
    /// One object a line.
    case ndjson
    /// A line of field names, then one line a device; an empty cell is a missing field.
    case csv

    /// By the file's extension; nil for others.
    init?(path: String) {
        switch URL(fileURLWithPath: path).pathExtension.lowercased() {
        case "json": self = .json
        case "ndjson", "jsonl": self = .ndjson
        case "csv": self = .csv
        default: return nil
        }
    }

    /// By the first byte of the contents that is not blank.
    init(firstByte: UInt8?) {
        switch firstByte {
        case UInt8(ascii: "["): self = .json
        case UInt8(ascii: "{"): self = .ndjson
        default:
            self =
                firstByte.map { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "\"") } == true
                ? .csv : .json
        }
    }
}
