import Foundation

/// The memory of this process, as Linux counts it; nil where the system does not tell.
package enum ProcessMemory {
    /// Bytes in memory now.
    package static var resident: Int? { bytes("VmRSS", in: "/proc/self/status") }

    /// The most bytes in memory since the last reset.
    package static var peak: Int? { bytes("VmHWM", in: "/proc/self/status") }

    package static func resetPeak() { try? Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs")) }

    /// Bytes that this process may have in all: what it has, and what the machine and every limit of its control groups (`docker --memory`,
    /// Kubernetes limits) leave free, caches counted as free.
    package static var available: Int? {
        available(machine: "/proc/meminfo", groups: ControlGroups.groups(of: "memory"), resident: resident ?? 0)
    }

    package static func available(machine: String, groups: [ControlGroups.Group], resident: Int) -> Int? {
        let machine = bytes("MemAvailable", in: machine).map { $0 + (bytes("SwapFree", in: machine) ?? 0) }
        let free = ([machine] + groups.map(free)).compactMap(\.self).min()
        return free.map { $0 + resident }
    }

    /// What a group's limit leaves free; nil where it has none.
    private static func free(_ group: ControlGroups.Group) -> Int? {
        let names =
            group.isUnified
            ? (limit: "memory.max", usage: "memory.current", cache: "inactive_file")
            : (limit: "memory.limit_in_bytes", usage: "memory.usage_in_bytes", cache: "total_inactive_file")
        // Version 1 writes no limit as a number close to 2^63.
        guard let limit = group.text(names.limit).flatMap({ Int($0) }), limit < 1 << 60,
            let usage = group.text(names.usage).flatMap({ Int($0) })
        else { return nil }
        return max(0, limit - usage + (number(after: names.cache, in: group.text("memory.stat") ?? "") ?? 0))
    }

    /// The field `name` of a file of lines `name: KIBIBYTES kB`.
    private static func bytes(_ name: String, in path: String) -> Int? {
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return number(after: "\(name):", in: text).map { 1024 * $0 }
    }

    /// The second word of the line whose first is `name`.
    private static func number(after name: String, in text: String) -> Int? {
        for line in text.split(separator: "\n") {
            let words = line.split { $0 == " " || $0 == "\t" }
            if words.count >= 2, words[0] == name { return Int(words[1]) }
        }
        return nil
    }
}
