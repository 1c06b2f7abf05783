import CPUSupport
import Foundation

/// The processors that this process may use.
package enum Processors {
    /// How many: those of its affinity mask (`taskset`, `docker --cpuset-cpus`), at most what the quotas of its control groups add up to
    /// (`docker --cpus`, Kubernetes limits), rounded up.
    package static let available = min(
        Int(gd_cpu_allowed_count()), quota(root: "/sys/fs/cgroup", membership: "/proc/self/cgroup") ?? .max)

    /// The smallest quota of the groups that `membership` names and of those above them; nil where none is set.
    ///
    /// - Parameters:
    ///   - root: where control groups are mounted.
    ///   - membership: file of lines `number:controllers:group`, version 2 as `0::group`.
    package static func quota(root: String, membership: String) -> Int? {
        var smallest: Double?
        for line in text(membership).split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let controllers = fields[1].split(separator: ",")
            guard controllers.isEmpty || controllers.contains("cpu") else { continue }
            let mount = controllers.isEmpty ? root : "\(root)/\(fields[1])"
            var group = fields[2].split(separator: "/")[...]
            while true {
                let folder = ([mount] + group.map(String.init)).joined(separator: "/")
                let quota = controllers.isEmpty ? unifiedQuota(folder) : legacyQuota(folder)
                if let quota { smallest = min(quota, smallest ?? quota) }
                if group.popLast() == nil { break }
            }
        }
        return smallest.map { max(1, Int($0.rounded(.up))) }
    }

    /// `cpu.max` holds `QUOTA PERIOD` or `max PERIOD`, in microseconds.
    private static func unifiedQuota(_ folder: String) -> Double? {
        let numbers = text("\(folder)/cpu.max").split(whereSeparator: \.isWhitespace).map { Double($0) }
        guard numbers.count == 2, let quota = numbers[0], let period = numbers[1] else { return nil }
        return share(quota, period)
    }

    private static func legacyQuota(_ folder: String) -> Double? {
        let names = ["cpu.cfs_quota_us", "cpu.cfs_period_us"]
        let numbers = names.compactMap { Double(text("\(folder)/\($0)").trimmingCharacters(in: .whitespacesAndNewlines)) }
        return numbers.count == 2 ? share(numbers[0], numbers[1]) : nil
    }

    private static func share(_ quota: Double, _ period: Double) -> Double? {
        quota > 0 && period > 0 && quota / period < 1e6 ? quota / period : nil
    }

    private static func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }
}
