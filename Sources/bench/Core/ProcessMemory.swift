import Foundation

/// The resident memory of this process, as Linux counts it; nil where the system does not tell.
enum ProcessMemory {
    /// Bytes now.
    static var resident: Int? { field("VmRSS:") }

    /// The most bytes since the last reset.
    static var peak: Int? { field("VmHWM:") }

    static func resetPeak() { try? Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs")) }

    private static func field(_ name: String) -> Int? {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return nil }
        let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
        return line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
    }
}
