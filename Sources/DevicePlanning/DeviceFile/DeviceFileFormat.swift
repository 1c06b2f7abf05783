import Foundation

/// How a device file is written.
package enum DeviceFileFormat: String, Sendable, CaseIterable {
    /// One array of objects, one a device.
    case json
    /// One object a line.
    case ndjson
    /// A line of field names, then one line a device; an empty cell is a missing field.
    case csv

    /// By the first byte of the contents that is not blank, where that opens an array; else by the file's extension or, where it says none,
    /// again by the first byte.
    init(path: String, firstByte: UInt8?) {
        switch (URL(fileURLWithPath: path).pathExtension.lowercased(), firstByte) {
        case (_, UInt8(ascii: "[")), ("json", _): self = .json
        case ("ndjson", _), ("jsonl", _): self = .ndjson
        case ("csv", _): self = .csv
        case (_, UInt8(ascii: "{")): self = .ndjson
        case (_, (UInt8(ascii: "a")...UInt8(ascii: "z"))?), (_, UInt8(ascii: "\"")): self = .csv
        default: self = .json
        }
    }
}
