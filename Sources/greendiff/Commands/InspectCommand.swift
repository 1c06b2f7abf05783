import ArgumentParser
import Inspection

/// `greendiff inspect`: what a file or folder holds.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Verify an update frame, a safetensors file, a checkpoint or a run's folder, and say what it holds.",
        discussion: """
            Everything is read: checksums, shapes, and that every number is finite. A damaged file ends with status 1 and one line \
            that names the place. A run may be inspected while it trains.

            EXAMPLES:
              greendiff inspect weights.gduf
              greendiff inspect runs/demo --json
            """)

    @Argument(help: ArgumentHelp("File or folder.", valueName: "path"))
    var path: String

    @Flag(help: "Print the result as JSON.")
    var json = false

    @OptionGroup var unpackOptions: UnpackOptions
    @OptionGroup var threadOptions: ThreadOptions

    func run() throws {
        try show(InspectionReport(path, maxUnpacked: unpackOptions.maxUnpacked.bytes, threads: threadOptions.threads), json: json)
    }
}
