import ArgumentParser
import GreenDiffusion
import Report
import Storage

/// `greendiff pack`: how a checkpoint becomes a model that is part of the program.
struct PackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pack",
        abstract: "Pack a checkpoint with 8-bit codes, as built-in models are.",
        discussion: """
            EXAMPLE:
              greendiff pack runs/signs/model Sources/GreenDiffusion/Resources/signs-small
            """,
        shouldDisplay: false)

    @Argument(help: "Checkpoint's or run's folder, or builtin:NAME.")
    var checkpoint: String

    @Argument(help: "Folder to make; its name is the model's.")
    var out: String

    @OptionGroup var threadOptions: ThreadOptions

    func run() throws {
        let source = try ModelSource(parsing: checkpoint, setting: "CHECKPOINT")
        let packed = try BuiltinModel.pack(source, into: out, threads: threadOptions.threads)
        StandardConsole.output.line(
            "packed  \(out), \(Quantity.bytes(packed.bytes)), relative error \(Quantity.significant(packed.relativeError))")
    }
}
