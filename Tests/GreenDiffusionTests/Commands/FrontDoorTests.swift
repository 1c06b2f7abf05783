import RunTestSupport
import Testing

@Suite struct FrontDoorTests {
    private static let commands = [
        "pretrain", "sample", "predict", "gradients", "quantize", "dequantize", "inspect", "figures", "pareto", "calibrate",
        "report",
    ]

    @Test func helpListsEveryCommand() throws {
        let result = try Greendiff.run("--help")
        #expect(result.status == 0 && result.errors.isEmpty)
        for command in Self.commands + ["plan"] { #expect(result.output.contains("  \(command) "), "\(command)") }
    }

    @Test func versionIsOneLine() throws {
        let result = try Greendiff.run("--version")
        #expect(result.status == 0 && result.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
    }

    @Test(arguments: commands) func everyCommandExplainsItselfWithAnExample(command: String) throws {
        let result = try Greendiff.run(command, "--help")
        #expect(result.status == 0 && result.errors.isEmpty)
        #expect(result.output.contains("EXAMPLE") && result.output.contains("greendiff \(command) "))
    }

    @Test(arguments: [
        "pretrain --out x", "sample --checkpoint x", "predict --checkpoint x --input x --output x",
        "gradients --checkpoint x --input x --output x", "quantize x x", "dequantize x x", "inspect x", "report x",
    ]) func anUnknownFlagIsNamedInOneLine(line: String) throws {
        let arguments = line.split(separator: " ").map(String.init)
        let result = try Greendiff.run(arguments + ["--bogus"])
        #expect(result.status == 64 && result.output.isEmpty)
        #expect(result.errors.hasPrefix("greendiff: Unknown option '--bogus'"), "\(result.errors)")
        #expect(result.errors.hasSuffix("; see greendiff \(arguments[0]) --help\n"), "\(result.errors)")
        #expect(result.errors.split(separator: "\n").count == 1)
    }

    @Test(arguments: [
        (["tarin"], "there is no command tarin; did you mean train?"),
        (["help", "pln", "x"], "there is no command pln; did you mean plan?"),
        (["frobnicate"], "there is no command frobnicate; the commands are train, pretrain, sample, "),
        (["train", "--preset", "smal"], "--preset smal is not one of tiny, small, ddpm-cifar10; use small"),
        (["train", "--learning-rate", "-1"], "--learning-rate -1"),
        (["train", "--select", "20", "--devices", "10"], "select 20"),
        (["train", "--scheme", "fixed", "--bits", "6:8"], "bits 6:8"),
        (["sample", "--checkpoint", "builtin:signs-small", "--out", "x.jpg"], "--out x.jpg is neither PNG nor PPM"),
        (["calibrate", "--out", "x.csv"], "--out x.csv: the device is written as JSON"),
    ])
    func wrongUsageIsToldWithTheWayOut(_ arguments: [String], _ start: String) throws {
        let result = try Greendiff.run(arguments)
        #expect(result.status == 64 && result.output.isEmpty, "\(result)")
        #expect(result.errors.contains(start), "\(result.errors)")
        #expect(result.errors.split(separator: "\n").count == 1)
    }
}
