import Foundation

/// What `--json` writes. Rates and limits are in 10^9 FLOP/s or bytes/s.
struct ResultDocument: Encodable {
    let machine: Machine
    let cases: [CaseResult]

    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(self).write(to: URL(fileURLWithPath: path))
    }
}
