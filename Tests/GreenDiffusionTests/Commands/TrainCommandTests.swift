import FedRuntime
import Foundation
import GreenDiffusion
import Records
import RunTestSupport
import TestSupport
import Testing

@Suite struct TrainCommandTests {
    private let folder = TemporaryFolder()
    private static let tiny = [
        "--preset", "tiny", "--devices", "2", "--images", "24", "--local-iterations", "1", "--batch-size", "2", "--sample-every",
        "0",
        "--evaluate-every", "0",
    ]

    @Test func aRunPrintsPlainLinesWhenPiped() throws {
        let result = try Greendiff.run(["train"] + Self.tiny + ["--rounds", "2", "--out", folder.path("run")])
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        for part in [
            "GreenDiffusion 0", "model   tiny", "round 1/2  loss", "round 2/2", "eta 0:00", "on-demand",
            "--resume \(folder.path("run")) --rounds 4",
        ] {
            #expect(result.output.contains(part), "'\(part)' is missing in \(result.output)")
        }
        #expect(!result.output.contains("\r") && !result.output.contains("\u{1B}"))
    }

    @Test func flagsOverrideTheFile() throws {
        try "preset: tiny\nrounds: 7\nseed: 3\n".write(toFile: folder.path("run.yaml"), atomically: true, encoding: .utf8)
        let result = try Greendiff.run(
            ["train", "--config", folder.path("run.yaml")] + Self.tiny + ["--rounds", "1", "--out", folder.path("run")])
        #expect(result.status == 0, "\(result.errors)")
        var configuration = RunConfiguration()
        try configuration.override(fromYAMLFile: folder.path("run/config.yaml"))
        #expect(configuration.rounds == 1 && configuration.seed == 3)
    }

    @Test func aDryRunWritesNothing() throws {
        let result = try Greendiff.run(["train"] + Self.tiny + ["--dry-run", "--out", folder.path("run")])
        #expect(result.status == 0)
        for word in ["model", "data", "plan", "energy", "bytes", "time", "disk", "device"] {
            #expect(result.output.contains(word), "\(word)")
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path("run")))
    }

    @Test func aDryRunListsInfeasibleDevices() throws {
        let result = try Greendiff.run(["train"] + Self.tiny + ["--time-budget", "1e-6", "--dry-run"])
        #expect(result.status == 1 && result.output.contains("infeasible: "), "\(result)")
        #expect(result.errors.contains("nothing would be learned: 2 of 2 devices have no plan that fits"), "\(result.errors)")
        #expect(result.errors.contains("give --time-budget "))
    }

    @Test func aRunThatLearnsNothingFails() throws {
        for (rounds, done) in [("2", 2), ("9", 3)] {
            let path = folder.path("run-\(rounds)")
            let result = try Greendiff.run(["train"] + Self.tiny + ["--time-budget", "1e-6", "--rounds", rounds, "--out", path])
            #expect(result.status == 1 && result.errors.split(separator: "\n").count == 1, "\(result)")
            #expect(result.errors.contains("nothing was learned up to round \(done): 2 of 2 devices"), "\(result.errors)")
            #expect(result.output.contains("  no update: 2 of 2 devices have no plan that fits (device 0: "))
            #expect(try RunFiles(path: path).roundsFile.read(RoundRecord.self).count == done)
            let again = try Greendiff.run(["train", "--resume", path])
            #expect(again.status == 1 && again.errors.contains("nothing was learned"), "\(again)")
        }
    }

    /// Its processor is so dear that all time goes to training and the radio sends at its highest power.
    @Test func aCalibratedMachineLearns() throws {
        let device = #"[{"name": "machine", "cycles_per_sample": 55e6, "flops_per_cycle": 12.3, "frequency_max_hz": 2.3e9}]"#
        try device.write(toFile: folder.path("machine.json"), atomically: true, encoding: .utf8)
        let result = try Greendiff.run(
            "train", "--preset", "tiny", "--devices", folder.path("machine.json"), "--images", "24", "--batch-size", "2",
            "--sample-every", "0", "--evaluate-every", "0", "--rounds", "3", "--out", folder.path("run"))
        #expect(result.status == 0, "\(result)")
        let devices = try RunFiles(path: folder.path("run")).devicesFile.read(DeviceRecord.self)
        #expect(devices.count == 3 && devices.allSatisfy { $0.status == .ok }, "\(devices.compactMap(\.reason))")
        for record in devices {
            let (planned, sent) = (try #require(record.payloadBytesPlanned), try #require(record.payloadBytes))
            #expect(Double(sent) <= 1.05 * Double(planned), "planned \(planned), sent \(sent)")
        }
    }

    @Test func everySettingIsAFlagWithItsDefault() throws {
        let result = try Greendiff.run("train", "--help")
        let help = result.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for group in SettingGroup.allCases {
            #expect(result.output.contains("\n\(group.title.uppercased()):\n"), "\(group.title)")
            for setting in group.settings {
                let entry = "--\(setting.name) <\(setting.valueName)> \(setting.help) (default: \(setting.defaultText))."
                #expect(help.contains(entry), "\(entry)")
            }
        }
    }

    @Test func flagsAreWrittenBothWays() throws {
        let result = try Greendiff.run(
            ["train"] + Self.tiny + ["--seed=5", "--scheme", "fixed", "--bits=7", "--rounds=1", "--out", folder.path("run")])
        #expect(result.status == 0, "\(result.errors)")
        var configuration = RunConfiguration()
        try configuration.override(fromYAMLFile: folder.path("run/config.yaml"))
        #expect(configuration.seed == 5 && configuration.bits == 7...7)
    }

    @Test(arguments: [
        (["--bits", "9"], Int32(64), "--bits 9 is outside 2...8"),
        (["--nonsense"], 64, "--nonsense"),
        (["--presett", "tiny"], 64, "Unknown option '--presett'. Did you mean '--preset'?"),
        (["--rounds", "many"], 64, "--rounds many is not a whole number"),
        (["--resume", "/tmp", "--out", "x"], 64, "leave out --out"),
        (["--resume", "/nonexistent/run"], 1, "/nonexistent/run is not a run directory"),
        (["--data", "cifar10:/nonexistent"], 1, "/nonexistent"),
        (["--data", "folder:/nonexistent"], 1, "/nonexistent"),
        (["--init", "/nonexistent"], 1, "/nonexistent"),
        (["--init", "builtin:no"], 1, "builtin:no"),
        (["--config", "/nonexistent.yaml"], 1, "/nonexistent.yaml does not exist"),
        (["--devices", "/nonexistent.json"], 1, "/nonexistent.json does not exist"),
        (["--select", "40"], 64, "select 40"),
        (["--preset", "tiny", "--out", "/proc/none/run"], 1, "/proc/none"),
    ])
    func badUseIsOneLineWithTheWayOut(_ arguments: [String], _ status: Int32, _ part: String) throws {
        let out = arguments.contains("--out") || arguments.contains("--resume") ? [] : ["--out", folder.path("run")]
        let result = try Greendiff.run(["train"] + arguments + out)
        #expect(result.status == status && result.errors.hasPrefix("greendiff: "), "\(result)")
        #expect(result.errors.contains(part), "'\(part)' is missing in \(result.errors)")
        #expect(result.errors.split(separator: "\n").count == 1)
        #expect(!FileManager.default.fileExists(atPath: folder.path("run")), "a refused run must leave nothing")
    }

    @Test func controlCFinishesTheRoundAndTheRunGoesOn() throws {
        let job = try Greendiff.Job(["train"] + Self.tiny + ["--rounds", "100000", "--out", folder.path("run")])
        let limit = Date().addingTimeInterval(30)
        while !job.output.contains("round      2/100000"), Date() < limit { usleep(20_000) }
        job.interrupt()
        let result = try job.wait()
        #expect(result.status == 130, "\(result)")
        #expect(result.errors.contains("go on with `greendiff train --resume \(folder.path("run"))`"))
        let done = try RunFiles(path: folder.path("run")).roundsFile.read(RoundRecord.self).count
        #expect(done >= 2)
        let resumed = try Greendiff.run("train", "--resume", folder.path("run"), "--rounds", "\(done + 1)")
        #expect(resumed.status == 0 && resumed.output.contains("round \(done + 1)/\(done + 1)"), "\(resumed)")
    }
}
