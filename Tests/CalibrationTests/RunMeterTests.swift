import Calibration
import Foundation
import Records
import Storage
import TestSupport
import Testing

/// Rounds of a run measured by a file that grows: what is subtracted, what is late, what is refused. The run begins at 1000 s.
@Suite struct RunMeterTests {
    private let folder = TemporaryFolder()
    private var path: String { folder.path("meter.csv") }

    /// A clock that tests set.
    private final class Clock { var seconds = 1000.0 }
    private let clock = Clock()

    /// Adds samples of a meter: 4 W, and 10 W from 1000 s on, ten a second.
    private func write(_ times: ClosedRange<Double>, watts: (Double) -> Double = { $0 < 1000 ? 4 : 10 }) throws {
        if !FileManager.default.fileExists(atPath: path) { try Data("time,watts\n".utf8).write(to: URL(fileURLWithPath: path)) }
        let count = Int(((times.upperBound - times.lowerBound) * 10).rounded())
        let lines = (0...count).map { times.lowerBound + Double($0) / 10 }.map { "\($0),\(watts($0))\n" }
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.seekToEnd()
        try file.write(contentsOf: Data(lines.joined().utf8))
    }

    private func meter(idle: Double? = nil, offset: Double = 0) throws -> RunMeter {
        let clock = clock
        return try RunMeter(
            PowerLogFile(path: path, offsetSeconds: offset, patienceSeconds: 0), idleWatts: idle, now: { clock.seconds })
    }

    private func refusal(idle: Double? = nil, offset: Double = 0) -> String {
        do { _ = try meter(idle: idle, offset: offset) } catch { return "\(error)" }
        return "it is not refused"
    }

    @Test func idleIsTheMeanBeforeTheRun() throws {
        try write(900...1060) { $0 < 970 ? 90 : $0 < 1000 ? 4 : 10 }
        let meter = try meter()
        #expect(abs(meter.idleWatts - 4) < 0.02, "the 30 s before, \(meter.idleWatts) W")
        #expect(meter.idleSource == "mean of the 30 s before the run, 300 samples")
        clock.seconds = 1020
        let measured = try #require(try meter.measure(round: 1, stretches: [1001...1005, 1006...1007]))
        #expect(abs(measured.joules - 5 * (10 - meter.idleWatts)) < 1e-9)
        #expect(measured.samples == 50 && measured.idleWatts == meter.idleWatts)
    }

    @Test func aGivenIdlePowerNeedsNoTimeBefore() throws {
        try write(999...1060)
        #expect(refusal().contains("idle power needs 5.0 s of the 30.0 s before; let the meter run before"))
        let meter = try meter(idle: 1.5)
        #expect(meter.idleSource == "given")
        clock.seconds = 1020
        let joules = try #require(try meter.measure(round: 1, stretches: [1001...1005])).joules
        #expect(abs(joules - 34) < 1e-9)
        #expect(try meter.measure(round: 2, stretches: []) == nil && meter.measureRest().isEmpty && meter.takeNotices().isEmpty)
    }

    /// The file is behind when a round ends; the next round, or the end, finds it there.
    @Test func aLateFileIsReadLater() throws {
        try write(990...1003)
        let meter = try meter()
        clock.seconds = 1005
        #expect(try meter.measure(round: 1, stretches: [1001...1004]) == nil && meter.takeNotices().isEmpty)
        try write(1003.1...1008)
        clock.seconds = 1009
        #expect(try meter.measure(round: 2, stretches: [1005...1009]) == nil)
        clock.seconds = 1030
        #expect(try meter.measure(round: 3, stretches: [1010...1020]) == nil)
        let notices = meter.takeNotices()
        #expect(notices.count == 1 && notices[0].hasPrefix("round 2 is not measured yet: the meter's file ends at 1008.0 s"))
        try write(1008.1...1019)
        #expect(try meter.measure(round: 4, stretches: [1021...1022]) == nil && meter.takeNotices().isEmpty)
        let late = meter.measureRest()
        #expect(late.keys.sorted() == [1, 2])
        #expect(abs((late[1]?.joules ?? 0) - 3 * (10 - meter.idleWatts)) < 1e-9)
        #expect(abs((late[2]?.joules ?? 0) - 4 * (10 - meter.idleWatts)) < 1e-9)
        let rest = meter.takeNotices()
        #expect(rest.count == 1 && rest[0].hasPrefix("2 rounds from 3 on are not measured: the meter's file ends at 1019.0 s"))
        #expect(meter.measureRest().isEmpty && meter.takeNotices().isEmpty)
    }

    @Test func aSilentMeterCostsItsRoundAlone() throws {
        try write(990...1002)
        try write(1004...1060)
        let meter = try meter()
        clock.seconds = 1060
        #expect(try meter.measure(round: 1, stretches: [1001...1005]) == nil)
        #expect(try meter.measure(round: 2, stretches: [1006...1008]) != nil)
        let notices = meter.takeNotices()
        #expect(notices.count == 1)
        #expect(notices[0].hasPrefix("round 1 is not measured: the meter has no sample from 1002.0 to 1004.0 s"), "\(notices)")
    }

    @Test func anotherClockIsRefusedAtOnce() throws {
        try write(5000...5100)
        let ahead = refusal(idle: 1)
        #expect(ahead.contains("covers 5000.0 to 5100.0 s since 1970, the run began at 1000.0 s"), "\(ahead)")
        #expect(ahead.contains("--power-offset"))
        #expect(abs(try meter(offset: -4030).idleWatts - 10) < 1e-9, "30 s of its 100 s are before the run")
        #expect(refusal(offset: -4500).contains("--power-offset"))
        try FileManager.default.removeItem(atPath: path)
        #expect(refusal() == "\(FileError.missing(path: path))")
    }

    /// Its first samples come when the run has begun: then they must be of that time.
    @Test func aFileThatBeginsLaterIsCheckedThen() throws {
        for (times, isRefused) in [(1001.0...1010.0, false), (5000...5010, true), (100...110, true)] {
            try Data("time,watts\n".utf8).write(to: URL(fileURLWithPath: path))
            clock.seconds = 1000
            #expect(refusal().contains("no time at all"))
            let meter = try meter(idle: 2)
            clock.seconds = 1001
            #expect(try meter.measure(round: 1, stretches: [1000...1001]) == nil)
            try write(times)
            clock.seconds = 1006
            if isRefused {
                let error = #expect(throws: FileError.self) { try meter.measure(round: 2, stretches: [1002...1005]) }
                #expect(error.map { "\($0)".contains("--power-offset") } == true)
            } else {
                #expect(try meter.measure(round: 2, stretches: [1002...1005]) != nil)
                let notices = meter.takeNotices()
                #expect(notices.count == 1 && notices[0].contains("begins at 1001.0 s, training at 1000.0 s"), "\(notices)")
            }
        }
    }

    /// A run of hours does not end because of its meter.
    @Test func aLineThatIsNoSampleEndsMeasuringOnly() throws {
        try write(990...1010)
        let meter = try meter()
        clock.seconds = 1010
        #expect(try meter.measure(round: 1, stretches: [1001...1005]) != nil)
        try write(1010.1...1011) { _ in -1 }
        #expect(try meter.measure(round: 2, stretches: [1006...1008]) != nil, "read before")
        for round in 3...4 { #expect(try meter.measure(round: round, stretches: [1010...1010.5]) == nil) }
        #expect(meter.measureRest().isEmpty)
        let notices = meter.takeNotices()
        #expect(notices.count == 2 && notices[0].contains("measuring ends") && notices[0].contains("is no number of watts"))
        #expect(notices[1].hasPrefix("2 rounds from 3 on are not measured"), "\(notices)")
    }
}
