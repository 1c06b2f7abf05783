import Calibration
import Foundation
import TestSupport
import Testing

@Suite struct RAPLTests {
    private let folder = TemporaryFolder()

    /// Writes a counter of a powercap tree.
    private func write(_ domain: String, name: String, microjoules: String, range: UInt64 = 1_000_000) throws {
        let path = folder.path(domain)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (file, text) in [("name", "\(name)\n"), ("energy_uj", "\(microjoules)\n"), ("max_energy_range_uj", "\(range)\n")] {
            try text.write(toFile: "\(path)/\(file)", atomically: false, encoding: .utf8)
        }
    }

    private var root: String { folder.path("") }

    @Test func packagesAreAddedUpAndNothingIsCountedTwice() throws {
        try write("intel-rapl:0", name: "package-0", microjoules: "100")
        try write("intel-rapl:1", name: "package-1", microjoules: "2000")
        try write("intel-rapl:0:0", name: "core", microjoules: "50")
        try write("intel-rapl:2", name: "psys", microjoules: "70")
        try write("intel-rapl-mmio:0", name: "package-0", microjoules: "100")
        let rapl = try RAPL(root: root)
        let before = try rapl.read()
        #expect(before == [100, 2000])
        try write("intel-rapl:0", name: "package-0", microjoules: "500100")
        try write("intel-rapl:1", name: "package-1", microjoules: "252000")
        #expect(rapl.joules(from: before, to: try rapl.read()) == 0.75)
    }

    @Test func aCounterThatStartsAgainCountsOnceAround() throws {
        try write("intel-rapl:0", name: "package-0", microjoules: "262143000000", range: 262_143_328_850)
        let rapl = try RAPL(root: root)
        let before = try rapl.read()
        try write("intel-rapl:0", name: "package-0", microjoules: "1671150", range: 262_143_328_850)
        #expect(abs(rapl.joules(from: before, to: try rapl.read()) - 2) < 1e-12)
    }

    @Test func whatIsMissingIsSaidWithTheWayOut() throws {
        let absent = #expect(throws: RAPLError.self) { try RAPL(root: root) }
        #expect(absent == .absent(root: root))
        try write("intel-rapl:0", name: "dram", microjoules: "1")
        #expect(throws: RAPLError.absent(root: root)) { try RAPL(root: root) }
        try write("intel-rapl:0", name: "package-0", microjoules: "none")
        #expect(throws: RAPLError.unreadable(path: "\(root)/intel-rapl:0/energy_uj")) { try RAPL(root: root) }
        for error in [RAPLError.absent(root: "/a"), .denied(path: "/a/energy_uj"), .unreadable(path: "/b"), .still] {
            #expect(!"\(error)".contains("\n"))
        }
        #expect("\(RAPLError.denied(path: "/a/energy_uj"))".contains("sudo chmod a+r /a/energy_uj"))
        #expect("\(RAPLError.absent(root: "/a"))".contains("modprobe"))
    }

    @Test func packagesWithoutARangeAreNamed() throws {
        try write("intel-rapl:0", name: "package-0", microjoules: "1")
        try write("intel-rapl:1", name: "package-1", microjoules: "1")
        #expect(try RAPL(root: root).packagesLeftOut.isEmpty)
        try FileManager.default.removeItem(atPath: "\(root)/intel-rapl:1/max_energy_range_uj")
        let left = try RAPL(root: root).packagesLeftOut
        #expect(left.count == 1 && left[0].contains("package-1") && left[0].contains("max_energy_range_uj"))
        try FileManager.default.removeItem(atPath: "\(root)/intel-rapl:0/max_energy_range_uj")
        let error = #expect(throws: RAPLError.self) { try RAPL(root: root) }
        let text = "\(try #require(error))"
        #expect(text.contains("package-0") && text.contains("package-1"))
    }

    @Test(.enabled(if: geteuid() != 0, "root may read every file"))
    func aForbiddenCounterNamesThePermission() throws {
        try write("intel-rapl:0", name: "package-0", microjoules: "1")
        let path = "\(root)/intel-rapl:0/energy_uj"
        try FileManager.default.setAttributes([.posixPermissions: 0o000], ofItemAtPath: path)
        #expect(throws: RAPLError.denied(path: path)) { try RAPL(root: root) }
    }
}
