import ArgumentParser
import GreenDiffusion
import Kernels
import Logging

/// How many threads a command may use.
struct ThreadOptions: ParsableArguments {
    @Option(
        name: .customLong("threads"),
        help: ArgumentHelp(
            "Threads to compute with; results do not depend on it (default: all processors that it may use).", valueName: "n"))
    private var requested: Int?

    /// Threads to compute with.
    var threads: Int { requested ?? Processors.available }

    func validate() throws {
        guard (1...1024).contains(threads) else {
            throw ValidationError("--threads \(threads) is outside 1...1024; use --threads \(Processors.available)")
        }
    }
}

/// In what precision a model computes, and with which kernel for convolutions.
struct ComputeOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What activations are kept and multiplied in; auto takes what is faster here (default: float32).",
            valueName: "precision"))
    var precision: PrecisionChoice?
    @Option(
        help: ArgumentHelp(
            "Compute every convolution that it accepts with this kernel (default: the fastest that accepts each).",
            valueName: "kernel"))
    var convolution: Conv2DKernel?
}

extension Conv2DKernel: ExpressibleByArgument {}
extension PrecisionChoice: ExpressibleByArgument {}

/// What a command tells about itself, on standard error.
struct LoggingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Least severe message to show on standard error.", valueName: "level"))
    var logLevel: Logger.Level = .notice

    /// Sends log messages to standard error: call once, before the work starts.
    func start() {
        let level = logLevel
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}

/// Refuses a number outside its range with a line that names flag, value and limits.
func require<Number: Comparable>(_ flag: String, _ value: Number?, in range: ClosedRange<Number>) throws {
    guard let value, !range.contains(value) else { return }
    let nearest = min(max(value, range.lowerBound), range.upperBound)
    throw ValidationError("\(flag) \(value) is outside \(range.lowerBound)...\(range.upperBound); the nearest is \(nearest)")
}
