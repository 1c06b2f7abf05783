import Foundation

/// A JSON document as a value.
package enum JSONValue: Equatable, Sendable, Codable {
    case null
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .boolean(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let values): try container.encode(values)
        case .object(let values): try container.encode(values)
        }
    }

    /// The document in `bytes`, as `JSONReader` accepts it; a byte order mark in front is no part of it.
    package init(parsing bytes: [UInt8]) throws(JSONReader.Failure) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        var reader = JSONReader(bytes.starts(with: mark) ? Array(bytes.dropFirst(mark.count)) : bytes)
        self = try reader.value()
        try reader.end()
    }

    /// The document as indented text with sorted keys, ending with a line break.
    package var text: String { encoded([.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]) + "\n" }

    /// The document on one line with sorted keys.
    package var compactText: String { encoded([.sortedKeys, .withoutEscapingSlashes]) }

    private func encoded(_ format: JSONEncoder.OutputFormatting) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = format
        guard let data = try? encoder.encode(self) else { preconditionFailure("a JSON value with a number that is not finite") }
        return String(decoding: data, as: UTF8.self)
    }
}

extension JSONValue {
    /// The whole number, whether it was written as `1` or as `1.0`.
    package var asInteger: Int? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int(exactly: value)
        default: nil
        }
    }

    /// The number, whether it was written as `1` or as `1.0`.
    package var asDouble: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// Equal, where `1` and `1.0` are the same number.
    package func isSame(as other: JSONValue) -> Bool {
        if let number = asDouble, let otherNumber = other.asDouble { return number == otherNumber }
        return self == other
    }
}

extension JSONValue: CustomStringConvertible {
    /// The value on one line, for messages.
    package var description: String {
        switch self {
        case .null: "null"
        case .boolean(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let value): "\"\(value)\""
        case .array(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
        case .object(let values): "{" + values.keys.sorted().joined(separator: ", ") + "}"
        }
    }
}
