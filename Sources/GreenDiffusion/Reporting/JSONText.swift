import Foundation

/// A result as the program's `--json` prints it, indented, keys sorted.
///
/// A key is the property's name in snake case with the unit's symbol: `certifySeconds` is `certify_s`. Names that are in snake case
/// already, as those of records, stay.
public func jsonText(of result: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .custom { path in ResultKey(path.last?.stringValue ?? "") }
    return String(decoding: try encoder.encode(result), as: UTF8.self)
}

/// The key of a property.
struct ResultKey: CodingKey {
    let stringValue: String
    let intValue: Int? = nil

    private static let symbols = ["seconds": "s", "joules": "j", "hertz": "hz", "watts": "w"]

    init(_ property: String) {
        var words = [""]
        for (previous, letter) in zip(" " + property, property) {
            if letter.isUppercase, !previous.isUppercase { words.append("") }
            words[words.count - 1] += letter.lowercased()
        }
        let unit = words.count > 1 ? Self.symbols[words[words.count - 1]] : nil
        if let unit { words[words.count - 1] = unit }
        stringValue = words.joined(separator: "_")
    }

    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
}
