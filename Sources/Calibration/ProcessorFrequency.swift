import Foundation
import Storage

/// The CPU's clock as Linux states it.
package struct ProcessorFrequency: Sendable {
    private let root: String
    private let cpuinfo: String

    /// - Parameters:
    ///   - root: folder of the CPUs; a tree like it in tests.
    ///   - cpuinfo: file that states `cpu MHz` where there is no cpufreq driver, as in virtual machines.
    package init(root: String = "/sys/devices/system/cpu", cpuinfo: String = "/proc/cpuinfo") {
        (self.root, self.cpuinfo) = (root, cpuinfo)
    }

    /// Mean over the CPUs now, in Hz; nil where the system does not say.
    package func currentHertz() -> Double? {
        let stated = policies.compactMap { SystemFiles.number("\($0)/scaling_cur_freq") }.map { 1e3 * Double($0) }
        let found = stated.isEmpty ? cpuinfoHertz() : stated
        return found.isEmpty ? nil : found.reduce(0, +) / Double(found.count)
    }

    /// Lowest and highest clock of the hardware, in Hz; nil without a cpufreq driver.
    package var limitsHertz: ClosedRange<Double>? {
        guard let policy = policies.first, let low = SystemFiles.number("\(policy)/cpuinfo_min_freq"),
            let high = SystemFiles.number("\(policy)/cpuinfo_max_freq"), low <= high
        else { return nil }
        return 1e3 * Double(low)...1e3 * Double(high)
    }

    /// Whether `withLimit` may change the clock.
    package var isAdjustable: Bool {
        !policies.isEmpty && policies.allSatisfy { access("\($0)/scaling_max_freq", W_OK) == 0 }
    }

    /// Calls `body` while no CPU runs faster than `hertz`, and puts the limits back.
    ///
    /// - Throws: what `body` throws, and `FileError` where a limit cannot be set.
    package func withLimit<Result>(hertz: Double, _ body: () throws -> Result) throws -> Result {
        let files = policies.map { "\($0)/scaling_max_freq" }
        let before = files.map { SystemFiles.text($0) }
        defer { for (file, text) in zip(files, before) { if let text { try? Self.write(text, to: file) } } }
        for file in files { try Self.write(String(Int(hertz / 1e3)), to: file) }
        return try body()
    }

    private static func write(_ text: String, to path: String) throws {
        do { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) } catch {
            throw FileError.unwritable(path: path, reason: FileError.reason(error))
        }
    }

    /// Folders of the cpufreq driver, one a CPU.
    private var policies: [String] {
        SystemFiles.names(in: root)
            .filter { $0.hasPrefix("cpu") && Int($0.dropFirst(3)) != nil }
            .map { "\(root)/\($0)/cpufreq" }
            .filter { FileManager.default.fileExists(atPath: $0) }
    }

    private func cpuinfoHertz() -> [Double] {
        (SystemFiles.text(cpuinfo) ?? "").split(separator: "\n").filter { $0.hasPrefix("cpu MHz") }
            .compactMap { $0.split(separator: ":").last.flatMap { Double($0.trimmingCharacters(in: .whitespaces)) } }
            .map { 1e6 * $0 }
    }
}
