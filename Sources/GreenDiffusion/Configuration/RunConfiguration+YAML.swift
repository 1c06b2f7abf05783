import Foundation
import Storage
import Yams

extension RunConfiguration {
    /// Overrides settings by those of a YAML file: one `setting: value` a line.
    ///
    /// - Throws: a `ConfigurationError` that names an unknown key with its line, a value that does not fit, or text that is
    ///   not YAML; `FileError` where the file cannot be read.
    public mutating func override(fromYAMLFile path: String) throws {
        guard let text = String(validating: try readFile(path), as: UTF8.self) else {
            throw FileError.invalid(path: path, reason: "it is no UTF-8 text")
        }
        try override(fromYAML: text, path: path)
    }

    /// As `override(fromYAMLFile:)`, from text; `path` is what errors call it.
    mutating func override(fromYAML text: String, path: String) throws(ConfigurationError) {
        let root: Node?
        do { root = try Yams.compose(yaml: text) } catch {
            throw ConfigurationError(
                path, "", "is not YAML: \(Self.oneLine("\(error)"))", wayOut: "write one `setting: value` a line")
        }
        guard let root, root.null == nil else { return }
        guard let mapping = root.mapping else {
            throw ConfigurationError(path, "", "holds no settings", wayOut: "write one `setting: value` a line")
        }
        for (key, value) in mapping {
            let name = key.string ?? "?"
            guard let setting = Setting.named(name) else {
                let line = key.mark.map { " line \($0.line)" } ?? ""
                throw ConfigurationError(
                    "\(path)\(line):", name, "is not a setting",
                    wayOut: Setting.nearest(to: name).map { "did you mean \($0.name)?" })
            }
            guard let scalar = value.scalar?.string else {
                throw ConfigurationError(
                    "\(path): \(name)", "", "is not a single value", wayOut: "write `\(name): value`")
            }
            try set(setting, to: scalar, calling: "\(path): \(name)")
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

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ").trimmingCharacters(in: .whitespaces)
    }
}
