import Calibration
import Foundation
import TestSupport
import Testing

@Suite struct ProcessorFrequencyTests {
    private let folder = TemporaryFolder()

    private func write(_ text: String, to name: String) throws {
        let path = folder.path(name)
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: false, encoding: .utf8)
    }

    private var frequency: ProcessorFrequency {
        ProcessorFrequency(root: folder.path("cpu"), cpuinfo: folder.path("cpuinfo"))
    }

    /// Two CPUs at 1 and 2 GHz of a driver.
    private func writeDriver() throws {
        for (cpu, kilohertz) in [("cpu0", 1_000_000), ("cpu1", 2_000_000)] {
            try write("\(kilohertz)\n", to: "cpu/\(cpu)/cpufreq/scaling_cur_freq")
            try write("600000\n", to: "cpu/\(cpu)/cpufreq/cpuinfo_min_freq")
            try write("2400000\n", to: "cpu/\(cpu)/cpufreq/cpuinfo_max_freq")
            try write("2400000\n", to: "cpu/\(cpu)/cpufreq/scaling_max_freq")
        }
        try write("x", to: "cpu/cpufreq/none")
    }

    @Test func theDriversClockIsTheMeanOverTheCPUs() throws {
        try writeDriver()
        #expect(frequency.currentHertz() == 1.5e9 && frequency.limitsHertz == 6e8...2.4e9 && frequency.isAdjustable)
    }

    @Test func withoutADriverTheStatedClockCounts() throws {
        try write("processor : 0\ncpu MHz\t\t: 2000.5\nprocessor : 1\ncpu MHz\t\t: 3000.5\n", to: "cpuinfo")
        #expect(frequency.currentHertz() == 2500.5e6 && frequency.limitsHertz == nil && !frequency.isAdjustable)
    }

    @Test func nothingStatedIsNothingKnown() {
        #expect(frequency.currentHertz() == nil && frequency.limitsHertz == nil)
    }

    @Test func limitsAreSetAndPutBack() throws {
        try writeDriver()
        func limits() throws -> [String] {
            try ["cpu0", "cpu1"].map {
                try String(contentsOfFile: folder.path("cpu/\($0)/cpufreq/scaling_max_freq"), encoding: .utf8)
            }
        }
        let during = try frequency.withLimit(hertz: 1.2e9) { try limits() }
        #expect(during == ["1200000", "1200000"])
        #expect(try limits() == ["2400000", "2400000"])
        #expect(throws: CancellationError.self) { try frequency.withLimit(hertz: 1e9) { throw CancellationError() } }
        #expect(try limits() == ["2400000", "2400000"])
    }
}
