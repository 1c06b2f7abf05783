import Foundation
import Kernels
import TestSupport
import Testing

@Suite struct ProcessorsTests {
    private let folder = TemporaryFolder()

    private func write(_ text: String, _ path: String) throws {
        let full = URL(fileURLWithPath: folder.path(path))
        try FileManager.default.createDirectory(at: full.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: full)
    }

    private func groups(_ controller: String) -> [ControlGroups.Group] {
        ControlGroups.groups(of: controller, root: folder.path("cgroup"), membership: folder.path("membership"))
    }

    private func quota() -> Int? { Processors.quota(groups("cpu")) }

    @Test func thereIsAtLeastOne() { #expect(Processors.available >= 1) }

    @Test func theTightestGroupOfVersion2Decides() throws {
        try write("0::/pod/container\n", "membership")
        #expect(quota() == nil)
        try write("max 100000\n", "cgroup/pod/container/cpu.max")
        #expect(quota() == nil)
        try write("350000 100000\n", "cgroup/pod/cpu.max")
        #expect(quota() == 4)
        try write("50000 100000\n", "cgroup/pod/container/cpu.max")
        #expect(quota() == 1)
    }

    @Test func aContainersOwnRootIsRead() throws {
        try write("0::/\n", "membership")
        try write("200000 100000\n", "cgroup/cpu.max")
        #expect(quota() == 2)
    }

    @Test func version1IsRead() throws {
        try write("5:memory:/a\n4:cpu,cpuacct:/a\n", "membership")
        try write("-1\n", "cgroup/cpu,cpuacct/a/cpu.cfs_quota_us")
        try write("100000\n", "cgroup/cpu,cpuacct/a/cpu.cfs_period_us")
        #expect(quota() == nil)
        try write("150000\n", "cgroup/cpu,cpuacct/a/cpu.cfs_quota_us")
        #expect(quota() == 2)
    }

    private func memory(resident: Int = 0) -> Int? {
        ProcessMemory.available(machine: folder.path("meminfo"), groups: groups("memory"), resident: resident)
    }

    @Test func memoryIsWhatMachineAndGroupsLeaveFree() throws {
        try write("0::/pod/container\n", "membership")
        #expect(memory() == nil)
        try write("MemTotal:       2000 kB\nMemAvailable:   1000 kB\nSwapFree:   24 kB\n", "meminfo")
        #expect(memory() == 1024 * 1024 && memory(resident: 76) == 1024 * 1024 + 76)
        try write("max\n", "cgroup/pod/container/memory.max")
        try write("5000\n", "cgroup/pod/container/memory.current")
        #expect(memory() == 1024 * 1024)
        try write("9000\n", "cgroup/pod/memory.max")
        try write("6000\n", "cgroup/pod/memory.current")
        #expect(memory(resident: 100) == 3100)
        try write("anon 10\ninactive_file 500\nactive_file 7\n", "cgroup/pod/memory.stat")
        #expect(memory() == 3500)
    }

    @Test func memoryLimitsOfVersion1AreRead() throws {
        try write("5:memory:/a\n4:cpu:/a\n", "membership")
        try write("9223372036854771712\n", "cgroup/memory/memory.limit_in_bytes")
        try write("70\n", "cgroup/memory/memory.usage_in_bytes")
        #expect(memory() == nil)
        try write("50\n", "cgroup/memory/a/memory.limit_in_bytes")
        try write("60\n", "cgroup/memory/a/memory.usage_in_bytes")
        try write("total_inactive_file 30\n", "cgroup/memory/a/memory.stat")
        #expect(memory() == 20)
    }

    @Test(arguments: ["", "nonsense", "0::", "0::/../..", "0::/a\n0::/b"])
    func anythingElseIsNoQuota(_ membership: String) throws {
        try write(membership, "membership")
        try write("max", "cgroup/cpu.max")
        #expect(quota() == nil)
    }
}
