import Storage
import Yams

extension RunConfiguration {
    /// Overrides settings by those of a YAML file: one `setting: value` a line. A setting without a value, or null, stays as it is.
    ///
    /// - Throws: a `ConfigurationError` that names an unknown key with its line, a value that does not fit, or text that is
    ///   not YAML; `FileError` where the file cannot be read.
    public mutating func override(fromYAMLFile path: String) throws {
        guard let text = String(validating: try readFile(path, limit: Self.mostYAMLBytes), as: UTF8.self) else {
            throw FileError.invalid(path: path, reason: "it is no UTF-8 text; save it as UTF-8")
        }
        try override(fromYAML: text, path: path)
    }

    /// A file of settings is a few kilobytes.
    private static let mostYAMLBytes = 1 << 20

    /// As `override(fromYAMLFile:)`, from text; `path` is what errors call it.
    package mutating func override(fromYAML text: String, path: String) throws(ConfigurationError) {
        for (setting, text) in try Self.settings(inYAML: text, path: path) {
            do { try set(setting, to: text, calling: "\(path): \(setting.name)") } catch {
                throw ConfigurationError(error.setting, error.value.excerpt, error.problem, wayOut: error.wayOut)
            }
        }
    }

    /// The settings of a text with values, as they are written; `path` is what errors call it.
    package static func settings(
        inYAML text: String, path: String
    ) throws(ConfigurationError) -> [(setting: Setting, text: String)] {
        guard aliases(inYAML: text) <= mostAliases else {
            throw ConfigurationError(
                path, "", "has more than \(mostAliases) aliases (*name)", wayOut: "write one `setting: value` a line")
        }
        let root: Node?
        do { root = try Yams.compose(yaml: text) } catch {
            throw ConfigurationError(path, "", fault(error), wayOut: "write one `setting: value` a line")
        }
        guard let root, root.null == nil else { return [] }
        guard let mapping = root.mapping else {
            throw ConfigurationError(path, "", "holds no settings", wayOut: "write one `setting: value` a line")
        }
        var settings: [(setting: Setting, text: String)] = []
        for (key, value) in mapping {
            let name = key.scalar?.string ?? "?"
            guard let setting = Setting.named(name) else {
                let line = key.mark.map { " line \($0.line)" } ?? ""
                throw ConfigurationError(
                    "\(path)\(line):", name.excerpt, "is not a setting",
                    wayOut: Setting.nearest(to: name).map { "did you mean \($0.name)?" })
            }
            if value.null != nil { continue }
            guard let scalar = value.scalar?.string else {
                throw ConfigurationError(
                    "\(path): \(name)", "", "is not a single value", wayOut: "write `\(name): value`")
            }
            settings.append((setting, scalar))
        }
        return settings
    }

    /// Each alias may repeat all before it, so what many stand for has no bound.
    private static let mostAliases = 8

    /// What is wrong with a text that is not YAML, without the text.
    private static func fault(_ error: any Error) -> String {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
            "is not YAML: line \(mark.line), column \(mark.column): \(problem)"
        case .reader(let problem, _, let value, _): "is not YAML: \(problem) (character \(value))"
        case .duplicatedKeysInMapping(let names, _): "has \(names.min()?.excerpt ?? "a setting") twice"
        default: "is not YAML"
        }
    }

    /// The settings as YAML that `override(fromYAMLFile:)` reads back.
    ///
    /// - Parameter settings: those that are written; the others are left out.
    public func yaml(of settings: [Setting] = Setting.allCases) throws -> String {
        let pairs = settings.compactMap { setting in
            text(of: setting).map { (Node(setting.name), Node.scalar(Node.Scalar($0, Tag(.implicit), .any))) }
        }
        return try Yams.serialize(node: Node(pairs))
    }
}

/// How many aliases (`*name`) a text may have, counted where one can stand: some of these may be parts of texts.
private func aliases(inYAML text: String) -> Int {
    var count = 0
    for line in text.utf8.split(separator: UInt8(ascii: "\n")) where line.first(where: { $0 > 0x20 }) != UInt8(ascii: "#") {
        var previous = UInt8(ascii: " ")
        for byte in line {
            // After a blank or the sign that opens or separates items.
            if byte == UInt8(ascii: "*"), previous <= 0x20 || "[]{},:?-!&".utf8.contains(previous) { count += 1 }
            previous = byte
        }
    }
    return count
}
