import Foundation

/// Result files.
enum JSONFile {
    /// Writes `document` with sorted keys in snake case.
    static func write(_ document: some Encodable, to path: String) throws(ResultFileError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        do {
            try encoder.encode(document).write(to: URL(fileURLWithPath: path))
        } catch { throw ResultFileError(path: path, reason: error.localizedDescription) }
    }
}

/// A result file that cannot be written.
struct ResultFileError: Error, CustomStringConvertible {
    let path: String
    let reason: String
    var description: String { "cannot write \(path): \(reason); name another file with --json" }
}
