import Calibration
import Foundation
import Storage
import TestSupport
import Testing

/// Files of external meters: what is read, what is refused, and energy of stretches of time.
@Suite struct PowerLogTests {
    private let folder = TemporaryFolder()

    private func log(_ text: String, offset: Double = 0) throws -> PowerLog {
        try text.write(toFile: folder.path("meter.csv"), atomically: true, encoding: .utf8)
        return try PowerLog(path: folder.path("meter.csv"), offsetSeconds: offset)
    }

    @Test(arguments: [
        "time,watts\n1000,2\n1001,4\n", "watts;voltage;time_ms\r\n2;5;1000000\r\n4;5;1001000\r\n",
        "Timestamp\tPower_mW\n1000\t2000\n1001\t4000\n",
        "time,power_w\n1970-01-01T00:16:40Z,2\n1970-01-01T00:16:41.0Z,4\n",
    ])
    func everyFormIsRead(_ text: String) throws {
        #expect(try log(text).samples == [.init(unixSeconds: 1000, watts: 2), .init(unixSeconds: 1001, watts: 4)])
        #expect(try log(text, offset: -1000).samples.map(\.unixSeconds) == [0, 1])
    }

    /// Power of 2 + t watts: the integral is exact whatever the samples.
    @Test func energyIsTheIntegral() throws {
        let lines = (0...100).map { "\(Double($0) * 0.37),\(2 + Double($0) * 0.37)" }
        let stretch = try log("time,watts\n" + lines.joined(separator: "\n") + "\n").stretch(from: 3.21, to: 17.9)
        let exact = 2 * (17.9 - 3.21) + (17.9 * 17.9 - 3.21 * 3.21) / 2
        #expect(abs(stretch.joules / exact - 1) < 1e-12 && abs(stretch.watts / (exact / (17.9 - 3.21)) - 1) < 1e-12)
        #expect(stretch.samples == 40 && abs(stretch.deviationWatts - 4.325) < 0.01)
    }

    @Test(arguments: [
        ("time,watts\n1000,2\n1001,3,14\n", "line 3: it has 3 cells, the first line 2; write decimals with a point"),
        ("time;watts\n1000;2,5\n", "line 2: the power 2,5 is no number of watts"),
        ("time,watts\n1000,-2\n", "line 2: the power -2 is no number of watts in 0...100000"),
        ("time,watts\n1000,2000000\n", "name the column power_mw"), ("time,watts\nnoon,2\n", "line 2: the time noon is neither"),
        ("time,watts\n1001,2\n1000,2\n", "line 3: its time 1000.0 s is not after"),
        ("seconds,joules\n1,2\n", "needs a column time"),
        ("\n", "it is empty"),
    ])
    func whatIsNoSampleIsNamed(text: String, words: String) throws {
        let error = #expect(throws: FileError.self) { try log(text) }
        #expect(error.map { "\($0)".contains(words) } == true, "\(error as Any)")
    }

    /// A meter writes on while its file is read; empty lines count as lines.
    @Test func aLineThatIsStillWrittenIsLeftOut() throws {
        #expect(try log("time,watts\n1000,2\n1001,4\n1002,1").samples.map(\.watts) == [2, 4])
        let error = #expect(throws: FileError.self) { try log("time,watts\n\n1000,2\n\n1001,x\n") }
        #expect(error.map { "\($0)".contains("line 5: the power x") } == true, "\(error as Any)")
    }

    @Test func anotherClockAndGapsAreRefused() throws {
        let near = try log("time,watts\n0,2\n1,2\n2,2\n9,2\n10,2\n")
        let clock = #expect(throws: FileError.self) { try near.stretch(from: 1.7e9, to: 1.7e9 + 5) }
        #expect(
            clock.map { "\($0)".contains("it covers 0.0 to 10.0 s since 1970") && "\($0)".contains("--power-offset") } == true)
        let gap = #expect(throws: FileError.self) { try near.stretch(from: 0.5, to: 9.5) }
        #expect(gap.map { "\($0)".contains("no sample from 2.0 to 9.0 s, 7.0 s long; at most 2.0 s") } == true, "\(gap as Any)")
        #expect(try near.stretch(from: 0.5, to: 1.5).joules == 2)
        #expect(throws: FileError.missing(path: folder.path("none.csv"))) { try PowerLog(path: folder.path("none.csv")) }
    }

    /// A real calibration against a meter whose power rises all the time: the steps come after the rest, and draw more.
    @Test func calibrationTakesAMetersWord() throws {
        let start = Date().timeIntervalSince1970 - 1
        let lines = (0...6000).map { "\(start + Double($0) * 0.1),\(5 + Double($0) * 0.1)" }
        try ("time,watts\n" + lines.joined(separator: "\n") + "\n").write(
            toFile: folder.path("meter.csv"), atomically: true, encoding: .utf8)
        try "cpu MHz : 2000\n".write(toFile: folder.path("cpuinfo"), atomically: true, encoding: .utf8)
        let report = try Calibrator(
            presets: [.tiny], batchSizes: [1, 2], threads: 1, steps: 2, powercap: folder.path("powercap"),
            powerLog: PowerLogFile(path: folder.path("meter.csv"), patienceSeconds: 0), idleSeconds: 0.2,
            frequency: ProcessorFrequency(root: folder.path("cpu"), cpuinfo: folder.path("cpuinfo"))
        ).calibrate()
        for line in report.measurements {
            let (from, to) = (line.startUnixSeconds - start, line.endUnixSeconds - start)
            let exact = 5 * (to - from) + (to * to - from * from) / 2
            #expect(abs((line.energyJoules?.value ?? 0) - exact) < 1e-4 * exact)
        }
        #expect(report.energy.meter == "meter.csv" && report.energy.reason == nil)
        let idle = try #require(report.energy.idlePowerWatts?.value)
        #expect(idle > 6 && idle < 60)
        let point = try #require(report.energy.operatingPoints.first)
        #expect(point.powerWatts > 0 && point.deviationWatts != nil && report.energy.energyCoefficient != nil)
    }
}
