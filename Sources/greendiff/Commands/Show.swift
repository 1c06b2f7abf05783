import Foundation

/// Prints a command's result: its text for people, or one JSON document and nothing else.
func show(_ result: some Encodable & CustomStringConvertible, json: Bool) throws {
    guard json else {
        print(result.description)
        return
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(result), as: UTF8.self))
}
