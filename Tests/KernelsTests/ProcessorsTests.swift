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

    private func quota() -> Int? { Processors.quota(root: folder.path("cgroup"), membership: folder.path("membership")) }

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

    @Test(arguments: ["", "nonsense", "0::", "0::/../..", "0::/a\n0::/b"])
    func anythingElseIsNoQuota(_ membership: String) throws {
        try write(membership, "membership")
        try write("max", "cgroup/cpu.max")
        #expect(quota() == nil)
    }
}
