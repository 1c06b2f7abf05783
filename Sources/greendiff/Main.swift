import ArgumentParser
import CPUSupport
import Foundation
import GreenDiffusion
import Storage

/// The training binary: a thin shell that parses arguments, calls the library and words its results.
@main
struct Greendiff: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "greendiff",
        abstract: "Federated diffusion training that measures and saves energy: train, sample, evaluate, plan, quantize.",
        discussion: "Every command explains itself: greendiff help COMMAND.",
        version: greenDiffusionVersion,
        subcommands: [
            TrainCommand.self,
            PretrainCommand.self,
            SampleCommand.self,
            EvaluateCommand.self,
            ReportCommand.self,
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
        StandardOutput.holdStandardDescriptors()
        // A file larger than the shell allows (`ulimit -f`) is an error of the write, not the end of the process.
        signal(SIGXFSZ, SIG_IGN)
        if let missing = gd_cpu_missing_feature() {
            fail(
                "this CPU has no \(String(cString: missing)), which this build needs; "
                    + "run it on a CPU with AVX2, FMA and BMI2 (Intel Haswell, AMD Zen or newer)", status: 1)
        }
        if let unknown = unknownCommand { fail(unknown, status: ExitCode.validationFailure.rawValue) }
        do {
            var command = try parseAsRoot(Switch.completing(Array(CommandLine.arguments.dropFirst())))
            try command.run()
            try StandardConsole.requireOutputWritten()
        } catch {
            report(error)
        }
    }

    /// Ends the process: help and version on standard output (status 0), wrong usage in one line (64), a failed job in one line (1).
    private static func report(_ error: any Error) -> Never {
        let code = exitCode(for: error)
        if error is ExitCode { exit(withError: error) }
        if code.isSuccess { succeed(showing: fullMessage(for: error)) }
        guard code == .validationFailure else { fail(ErrorText.line(error), status: code.rawValue) }
        var message = message(for: error)
        if message.hasSuffix(".") { message.removeLast() }
        message = withoutFarLikeness(message)
        fail("\(message); see \(helpCommand)", status: code.rawValue)
    }

    /// The parser's message without a name that is hardly like what was typed: it offers `--crop` for `--json`.
    private static func withoutFarLikeness(_ message: String) -> String {
        let parts = message.split(separator: "'").map(String.init)
        guard message.hasPrefix("Unknown option"), parts.count > 3, nearestName(to: parts[1], among: [parts[3]]) == nil
        else { return message }
        return "Unknown option '\(parts[1])'"
    }

    /// Help, the version or a script for the shell.
    private static func succeed(showing text: String) -> Never {
        StandardConsole.output.write(text + "\n")
        do {
            try StandardConsole.requireOutputWritten()
        } catch {
            fail(ErrorText.line(error), status: ExitCode.failure.rawValue)
        }
        Foundation.exit(ExitCode.success.rawValue)
    }

    private static let commandNames = configuration.subcommands.map { $0.configuration }
        .filter { $0.shouldDisplay }.compactMap { $0.commandName }

    /// What is wrong with the first argument where it should be a command and is none.
    private static var unknownCommand: String? {
        let words = CommandLine.arguments.dropFirst()
        guard let word = words.first == "help" ? words.dropFirst().first : words.first, !word.hasPrefix("-"),
            !(commandNames + ["help", PackCommand.configuration.commandName]).contains(word)
        else { return nil }
        let wayOut = nearestName(to: word, among: commandNames).map { "did you mean \($0)?" }
        return "there is no command \(word); \(wayOut ?? "the commands are \(commandNames.joined(separator: ", "))")"
    }

    /// The command line that explains what the user tried.
    private static var helpCommand: String {
        guard CommandLine.arguments.count > 1, commandNames.contains(CommandLine.arguments[1]) else { return "greendiff --help" }
        return "greendiff \(CommandLine.arguments[1]) --help"
    }

    /// One line on standard error, then the end.
    private static func fail(_ message: String, status: Int32) -> Never {
        StandardConsole.error.line("greendiff: \(message.printableLine())")
        Foundation.exit(status)
    }
}
