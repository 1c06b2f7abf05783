import Foundation
import GreenDiffusion
import Records
import RunTestSupport
import TestSupport
import Testing

/// `greendiff train --power-csv`, with a file that a meter of 12 W seems to have written over a minute around now.
@Suite struct MeterCommandTests {
    private let folder = TemporaryFolder()
    private static let tiny = [
        "train", "--preset", "tiny", "--devices", "2", "--images", "24", "--local-iterations", "60", "--batch-size", "4",
        "--sample-every", "0", "--evaluate-every", "0", "--rounds", "2", "--compare-schemes", "off",
    ]

    /// - Parameter clock: how far the meter's clock is ahead, in seconds.
    private func meterFile(clock: Double = 0) throws -> String {
        let start = Date().timeIntervalSince1970 - 40 + clock
        let lines = (0..<24_000).map { String(format: "%.3f,12000\n", start + Double($0) * 0.005) }
        return try folder.write(Array(("time,power_mw\n" + lines.joined()).utf8), to: "meter.csv")
    }

    @Test func aRunSaysWhatTheMeterMeasured() throws {
        let path = folder.path("run")
        let result = try Greendiff.run(Self.tiny + ["--power-csv", meterFile(), "--power-idle", "2", "--out", path])
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        #expect(result.output.contains("meter   idle 2.00 W, given") && result.output.contains("measured "), "\(result.output)")
        #expect(result.output.contains("2 of 2 rounds"))
        for row in try RunFiles(path: path).rounds() {
            let measured = try #require(row.measured)
            #expect(measured.joules > 0 && measured.joules <= 10 * (row.wallSeconds + 0.01) && measured.samples >= 2)
            #expect(measured.idleWatts == 2)
        }
        let settings = try String(contentsOfFile: "\(path)/config.yaml", encoding: .utf8)
        #expect(!settings.contains("power"), "a meter is no setting of the run")
    }

    /// The clock of the meter is an hour ahead; idle power is what it says before: this machine draws no more when it works.
    @Test func idlePowerIsMeasuredByTheMeterToo() throws {
        let path = folder.path("run")
        let meter = try meterFile(clock: 3600)
        let refused = try Greendiff.run(Self.tiny + ["--power-csv", meter, "--out", path])
        #expect(refused.status == 1 && refused.errors.split(separator: "\n").count == 1, "\(refused)")
        #expect(refused.errors.contains("--power-offset SECONDS") && !FileManager.default.fileExists(atPath: path))
        let result = try Greendiff.run(Self.tiny + ["--power-csv", meter, "--power-offset=-3600", "--out", path])
        #expect(result.status == 0 && result.output.contains("meter   idle 12.0 W, mean of the 30 s before"), "\(result)")
        for row in try RunFiles(path: path).rounds() { #expect(abs(try #require(row.measured).joules) < 1e-6) }
    }

    @Test(arguments: [
        (["--power-csv", "/nonexistent.csv"], Int32(1), "/nonexistent.csv does not exist"),
        (["--power-offset", "3"], 64, "--power-offset goes with --power-csv"),
        (["--power-idle", "3"], 64, "--power-idle goes with --power-csv"),
        (["--power-csv", "x", "--power-idle", "-1"], 64, "--power-idle -1.0 is outside 0.0...100000.0"),
        (["--power-csv", "x", "--dry-run"], 64, "leave out --power-csv"),
    ])
    func wrongUseIsOneLine(_ arguments: [String], _ status: Int32, _ part: String) throws {
        let out = arguments.contains("--dry-run") ? [] : ["--out", folder.path("run")]
        let result = try Greendiff.run(Self.tiny + arguments + out)
        #expect(result.status == status && result.errors.contains(part), "\(result)")
        #expect(result.errors.split(separator: "\n").count == 1 && !FileManager.default.fileExists(atPath: folder.path("run")))
    }
}
