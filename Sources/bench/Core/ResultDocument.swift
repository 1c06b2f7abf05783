import Foundation

/// What `--json` writes. Rates and limits are in 10^9 FLOP/s or bytes/s; problems are counted singly.
struct ResultDocument: Encodable {
    let machine: Machine
    var cases: [CaseResult] = []

    func write(to path: String) throws(ResultFileError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            try encoder.encode(self).write(to: URL(fileURLWithPath: path))
        } catch { throw ResultFileError(path: path, reason: error.localizedDescription) }
    }
}

/// A result file that cannot be written.
struct ResultFileError: Error, CustomStringConvertible {
    let path: String
    let reason: String
    var description: String { "cannot write \(path): \(reason); name another file with --json" }
}
