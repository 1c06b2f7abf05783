import CPUSupport

/// The processors that this process may use.
package enum Processors {
    /// How many: those of its affinity mask (`taskset`, `docker --cpuset-cpus`), at most what the quotas of its control groups add up to
    /// (`docker --cpus`, Kubernetes limits), rounded up.
    package static let available = min(Int(gd_cpu_allowed_count()), quota(ControlGroups.groups(of: "cpu")) ?? .max)

    /// The smallest quota of `groups`; nil where none is set.
    package static func quota(_ groups: [ControlGroups.Group]) -> Int? {
        groups.compactMap { $0.isUnified ? unifiedQuota($0) : legacyQuota($0) }.min().map { max(1, Int($0.rounded(.up))) }
    }

    /// `cpu.max` holds `QUOTA PERIOD` or `max PERIOD`, in microseconds.
    private static func unifiedQuota(_ group: ControlGroups.Group) -> Double? {
        let numbers = (group.text("cpu.max") ?? "").split(whereSeparator: \.isWhitespace).map { Double($0) }
        guard numbers.count == 2, let quota = numbers[0], let period = numbers[1] else { return nil }
        return share(quota, period)
    }

    private static func legacyQuota(_ group: ControlGroups.Group) -> Double? {
        let numbers = ["cpu.cfs_quota_us", "cpu.cfs_period_us"].compactMap { group.text($0).flatMap { Double($0) } }
        return numbers.count == 2 ? share(numbers[0], numbers[1]) : nil
    }

    private static func share(_ quota: Double, _ period: Double) -> Double? {
        quota > 0 && period > 0 && quota / period < 1e6 ? quota / period : nil
    }
}
