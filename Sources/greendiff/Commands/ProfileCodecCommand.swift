import ArgumentParser
import GreenDiffusion
import Studies

/// `greendiff profile-codec`: what coding a checkpoint costs.
struct ProfileCodecCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile-codec",
        abstract: "Measure bytes, error and the time of every codec stage for a checkpoint, and their share of a round.",
        discussion: """
            Codes the checkpoint's weights on the paper's grid (one scale a tensor, and groups) and on a lattice. Errors are exact expected \
            values; times are the shortest of five runs, beside a training step that is measured in the same run.

            EXAMPLES:
              greendiff profile-codec --checkpoint runs/signs/model
              greendiff profile-codec --checkpoint builtin:signs-small --bits 6:8 --local-iterations 8 --json
            """)

    @Option(help: ArgumentHelp("Model: a checkpoint's folder or builtin:NAME.", valueName: "dir"))
    var checkpoint: String

    @Option(help: ArgumentHelp("Width, or smallest and largest width, 2 to 8.", valueName: "n|min:max"))
    var bits = "6:8"

    @Option(help: ArgumentHelp("Consecutive values that share a scale, where there are groups.", valueName: "n"))
    var groupSize = 256

    @Option(help: ArgumentHelp("Training steps of a device's round.", valueName: "n"))
    var localIterations = 4

    @Option(help: ArgumentHelp("Images a step.", valueName: "n"))
    var batchSize = 16

    @Flag(help: "Print the result as JSON.")
    var json = false

    @OptionGroup var threadOptions: ThreadOptions

    private func widths() throws -> ClosedRange<Int> {
        let parts = bits.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
        guard (1...2).contains(parts.count), let low = parts[0], let high = parts[parts.count - 1],
            2 <= low, low <= high, high <= 8
        else {
            throw ValidationError("--bits \(bits) is no width or range of widths within 2...8; use --bits 6:8, or --bits 8")
        }
        return low...high
    }

    func validate() throws {
        _ = try widths()
        try require("--group-size", groupSize, in: 1...Int(UInt32.max))
        try require("--local-iterations", localIterations, in: 1...1_000_000)
        try require("--batch-size", batchSize, in: 1...4096)
    }

    func run() throws {
        let profiler = try CodecProfiler(
            bits: widths(), groupSize: groupSize, localIterations: localIterations, batchSize: batchSize,
            threads: threadOptions.threads)
        try show(profiler.profile(ModelSource(parsing: checkpoint, setting: "--checkpoint")), json: json)
    }
}
