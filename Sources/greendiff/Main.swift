import ArgumentParser
import CPUSupport
import Foundation
import GreenDiffusion

/// The training binary: a thin shell that parses arguments, calls the library and words its results.
@main
struct Greendiff: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "greendiff",
        abstract: "Federated diffusion training that measures and saves energy: train, sample, plan, quantize.",
        discussion: "Every command explains itself: greendiff help COMMAND.",
        version: greenDiffusionVersion,
        subcommands: [
            TrainCommand.self,
            PretrainCommand.self,
            SampleCommand.self,
            PlanCommand.self,
            FiguresCommand.self,
            ParetoCommand.self,
            PredictCommand.self,
            GradientsCommand.self,
            PackCommand.self,
            QuantizeCommand.self,
            DequantizeCommand.self,
            InspectCommand.self,
            ProfileCodecCommand.self,
            CalibrateCommand.self,
        ])

    /// Checks the CPU before any vector code runs, then parses, runs and reports.
    static func main() {
        if let missing = gd_cpu_missing_feature() {
            fail(
                "this CPU has no \(String(cString: missing)), which this build needs; "
                    + "run it on a CPU with AVX2, FMA and BMI2 (Intel Haswell, AMD Zen or newer)", status: 1)
        }
        do {
            var command = try parseAsRoot(Switch.completing(Array(CommandLine.arguments.dropFirst())))
            try command.run()
        } catch {
            report(error)
        }
    }

    /// Ends the process: help and version on standard output (status 0), wrong usage in one line (64), a failed job in one line (1).
    private static func report(_ error: any Error) -> Never {
        let code = exitCode(for: error)
        if code.isSuccess || error is ExitCode { exit(withError: error) }
        guard code == .validationFailure else { fail(ErrorText.line(error), status: code.rawValue) }
        var message = message(for: error)
        if message.hasSuffix(".") { message.removeLast() }
        fail("\(message); see \(helpCommand)", status: code.rawValue)
    }

    /// The command line that explains what the user tried.
    private static var helpCommand: String {
        let names = configuration.subcommands.map { $0.configuration.commandName ?? "" }
        guard CommandLine.arguments.count > 1, names.contains(CommandLine.arguments[1]) else { return "greendiff --help" }
        return "greendiff \(CommandLine.arguments[1]) --help"
    }

    /// One line on standard error, then the end.
    private static func fail(_ message: String, status: Int32) -> Never {
        let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        FileHandle.standardError.write(Data("greendiff: \(line)\n".utf8))
        Foundation.exit(status)
    }
}
