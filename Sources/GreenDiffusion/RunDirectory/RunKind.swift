import Foundation
import Storage

/// What made the folder of a run. Each kind goes on with its own folders only, and removes only what it made.
public enum RunKind: String, Codable, Sendable, CaseIterable {
    /// Federated training: `config.yaml`, rounds.
    case federated
    /// Training on one machine: `pretraining.json`, steps.
    case pretraining

    /// The kind of the run in the folder `path`; nil where there is none.
    public init?(at path: String) {
        func holds(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }
        let checkpoints = Folder.names(in: "\(path)/checkpoints")
        let kind = Self.allCases.first { kind in checkpoints.contains { kind.number(inName: $0) != nil } }
        if let kind {
            self = kind
        } else if holds(Self.pretraining.settingsName) {
            self = .pretraining
        } else if holds(Self.federated.settingsName) || holds("rounds.jsonl") {
            self = .federated
        } else {
            return nil
        }
    }

    /// What a checkpoint is made after: `round` or `step`.
    package var unit: String { self == .federated ? "round" : "step" }

    /// The file with the run's settings.
    var settingsName: String { self == .federated ? "config.yaml" : "pretraining.json" }

    /// Those of them that decide the weights, in a checkpoint.
    var savedSettingsName: String { self == .federated ? "settings.yaml" : "settings.json" }

    private var digits: Int { self == .federated ? 5 : 9 }

    /// What a checkpoint or sample grid is called, e.g. `round-00012` or `step-000001000`.
    func name(_ number: Int) -> String { Self.name(unit, number, digits: digits) }

    /// The round or step in such a name; nil in another.
    func number(inName name: some StringProtocol) -> Int? { Self.number(unit, inName: name) }

    static func name(_ word: String, _ number: Int, digits: Int = 5) -> String {
        let text = String(number)
        return "\(word)-" + String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    static func number(_ word: String, inName name: some StringProtocol) -> Int? {
        let digits = name.dropFirst(word.count + 1)
        guard name.hasPrefix("\(word)-"), digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return Int(digits)
    }
}
