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

    /// What is read on is as if it had been read at once.
    @Test func aGrowingFileIsReadOn() throws {
        var log = try log("time,watts\n1000,2\n1001,")
        #expect(log.samples.count == 1)
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.path("meter.csv")))
        func write(_ text: String) throws {
            try file.seekToEnd()
            try file.write(contentsOf: Data(text.utf8))
        }
        try log.readOn()
        #expect(log.samples.count == 1)
        try write("4\n\n1002,6\n")
        try log.readOn()
        #expect(log.samples == (try PowerLog(path: folder.path("meter.csv")).samples) && log.samples.count == 3)
        try write("1003,8\n1002,7\n")
        for _ in 1...2 {
            let error = #expect(throws: FileError.self) { try log.readOn() }
            #expect(error.map { "\($0)".contains("line 7: its time 1002.0 s is not after") } == true, "\(error as Any)")
        }
        #expect(log.samples.count == 3, "a chunk with a line that is no sample is not taken in")
        log.forget(before: 1001.5)
        #expect(log.samples.map(\.unixSeconds) == [1001, 1002])
    }

    /// Training of several devices: power of 2 + t watts, samples that do not lie at the ends.
    @Test func trainingIsMeasuredOverItsStretchesAlone() throws {
        let lines = (0...100).map { "\(Double($0) * 0.3),\(2 + Double($0) * 0.3)" }
        let log = try log("time,watts\n" + lines.joined(separator: "\n") + "\n")
        let stretches = [1.03...2.5, 2.5...2.6, 7.0...9.11]
        let draw = try log.draw(over: stretches)
        let exact = stretches.reduce(0) { sum, stretch in
            let (a, b) = (stretch.lowerBound, stretch.upperBound)
            let mean = 2 + (a + b) / 2
            return sum + mean * (b - a)
        }
        #expect(abs(draw.joules / exact - 1) < 1e-12 && abs(draw.seconds - 3.68) < 1e-12 && draw.samples == 5 + 0 + 7)
    }

    @Test func whatAMeterDoesNotCoverIsNamed() throws {
        let log = try log("time,watts\n0,2\n0.1,2\n0.2,2\n0.3,2\n0.4,2\n1.3,2\n2.4,2\n2.5,2\n2.6,2\n")
        func gap(_ stretches: ClosedRange<Double>...) -> PowerLogGap? {
            do throws(PowerLogGap) { _ = try log.draw(over: stretches) } catch { return error }
            return nil
        }
        #expect(gap(0.1...2.7) == .notReached(lastUnixSeconds: 2.6, end: 2.7))
        #expect(gap(-0.1...2) == .begunLater(firstUnixSeconds: 0, start: -0.1))
        #expect(gap(0.1...2.55) == .silence(from: 1.3, to: 2.4, longestSeconds: 1), "0.9 s are less than a second")
        #expect(gap(0.05...1.2, 2.45...2.55) == nil, "nobody trained in the gap")
        #expect(gap(0.11...0.25) == .few(samples: 1, seconds: 0.25 - 0.11))
    }

    /// A slow meter is not silent: five times its own interval.
    @Test func theIntervalOfTheMeterDecides() throws {
        let steady = (0...20).map { "\(10 * $0),3" }.joined(separator: "\n")
        #expect(try log("time,watts\n\(steady)\n").draw(over: [15...85]).joules == 210)
        let broken = (0...20).filter { !(7...11).contains($0) }.map { "\(10 * $0),3" }.joined(separator: "\n")
        #expect(throws: PowerLogGap.silence(from: 60, to: 120, longestSeconds: 50)) {
            try log("time,watts\n\(broken)\n").draw(over: [15...185])
        }
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
