import Foundation

/// The small text files of /sys and /proc.
enum SystemFiles {
    /// The file's text without surrounding white space; nil where it cannot be read.
    static func text(_ path: String) -> String? {
        (try? String(contentsOfFile: path, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The whole number in the file; nil where there is none.
    static func number(_ path: String) -> UInt64? { text(path).flatMap { UInt64($0) } }

    /// Names in a folder, sorted; empty where it cannot be read.
    static func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    /// What the CPU calls itself.
    static func processorName(cpuinfo: String = "/proc/cpuinfo") -> String {
        let line = text(cpuinfo)?.split(separator: "\n").first { $0.hasPrefix("model name") || $0.hasPrefix("Model") }
        return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown CPU"
    }
}
