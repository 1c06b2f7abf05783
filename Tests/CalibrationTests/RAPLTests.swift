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

    /// Makes a file unreadable whoever asks: a folder in its place.
    private func hide(_ file: String) throws {
        try FileManager.default.removeItem(atPath: folder.path(file))
        try FileManager.default.createDirectory(atPath: folder.path(file), withIntermediateDirectories: true)
    }

    /// A laptop: parts below its package, the platform beside it, the package again by another driver.
    @Test func nothingIsCountedTwice() throws {
        try write("intel-rapl:0", name: "package-0", microjoules: "100")
        try write("intel-rapl:0:0", name: "core", microjoules: "50")
        try write("intel-rapl:0:1", name: "uncore", microjoules: "7")
        try write("intel-rapl:0:2", name: "dram", microjoules: "9")
        try write("intel-rapl:1", name: "psys", microjoules: "700")
        try write("intel-rapl-mmio:0", name: "package-0", microjoules: "100")
        try write("intel-rapl", name: "", microjoules: "1")
        let rapl = try RAPL(root: root)
        #expect(try rapl.read() == [100] && rapl.packagesLeftOut.isEmpty)
    }

    /// Names of packages with one and with several dies, and AMD's, whose packages have a part for each core's counter.
    @Test(arguments: [
        ["package-0", "package-1"], ["package-0-die-0", "package-0-die-1", "package-1-die-0", "package-1-die-1"], ["package-0"],
    ])
    func packagesAreAddedUp(_ names: [String]) throws {
        for (index, name) in names.enumerated() {
            try write("intel-rapl:\(index)", name: name, microjoules: "\(100 * index)", range: 65_532_610_987)
            try write("intel-rapl:\(index):0", name: "core", microjoules: "50", range: 65_532_610_987)
        }
        let rapl = try RAPL(root: root)
        let before = try rapl.read()
        #expect(before == names.indices.map { UInt64(100 * $0) } && rapl.packagesLeftOut.isEmpty)
        for (index, name) in names.enumerated() {
            try write("intel-rapl:\(index)", name: name, microjoules: "\(100 * index + 250_000)", range: 65_532_610_987)
        }
        #expect(rapl.joules(from: before, to: try rapl.read()) == 0.25 * Double(names.count))
    }

    /// The other driver stands in for what the first does not show, or may not.
    @Test func aPackageThatOneDriverHidesIsReadByTheOther() throws {
        try write("intel-rapl-mmio:0", name: "package-0", microjoules: "5")
        #expect(try RAPL(root: root).read() == [5])
        try write("intel-rapl:0", name: "package-0", microjoules: "6")
        try write("intel-rapl:1", name: "package-1", microjoules: "70")
        #expect(try RAPL(root: root).read() == [6, 70])
        try hide("intel-rapl:0/energy_uj")
        let rapl = try RAPL(root: root)
        #expect(try rapl.read().sorted() == [5, 70] && rapl.packagesLeftOut.isEmpty)
        try hide("intel-rapl-mmio:0/energy_uj")
        #expect(try RAPL(root: root).packagesLeftOut.count == 1)
    }

    @Test(arguments: ["energy_uj", "max_energy_range_uj", "name"])
    func onePackageOfTwoIsLeftOutWithTheReason(_ file: String) throws {
        try write("intel-rapl:0", name: "package-0", microjoules: "100")
        try write("intel-rapl:1", name: "package-1", microjoules: "2000")
        try hide("intel-rapl:1/\(file)")
        let rapl = try RAPL(root: root)
        #expect(try rapl.read() == [100])
        #expect(rapl.packagesLeftOut.count == 1 && rapl.packagesLeftOut[0].contains("intel-rapl:1"))
        try hide("intel-rapl:0/\(file)")
        let error = #expect(throws: RAPLError.self) { try RAPL(root: root) }
        let text = "\(try #require(error))"
        #expect(text.contains("intel-rapl:0") && text.contains("intel-rapl:1"))
    }

    @Test func theCalibrationSaysWhatItDoesNotCount() throws {
        try write("intel-rapl:0", name: "package-0", microjoules: "100")
        try write("intel-rapl:1", name: "package-1", microjoules: "2000")
        try hide("intel-rapl:1/energy_uj")
        let report = try Calibrator(
            presets: [.tiny], batchSizes: [1], threads: 1, steps: 1, powercap: root, idleSeconds: 0.01
        ).calibrate()
        #expect(report.energy.meter == "RAPL" && report.energy.packagesLeftOut.count == 1)
        #expect("\(report)".contains("a package is not counted: \(root)/intel-rapl:1/energy_uj"), "\(report)")
    }

    /// Only one of two sockets comes around.
    @Test func eachCounterStartsAgainByItself() throws {
        try write("intel-rapl:0", name: "package-0", microjoules: "900000", range: 1_000_000)
        try write("intel-rapl:1", name: "package-1", microjoules: "100000", range: 2_000_000)
        let rapl = try RAPL(root: root)
        let before = try rapl.read()
        try write("intel-rapl:0", name: "package-0", microjoules: "400000", range: 1_000_000)
        try write("intel-rapl:1", name: "package-1", microjoules: "350000", range: 2_000_000)
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
