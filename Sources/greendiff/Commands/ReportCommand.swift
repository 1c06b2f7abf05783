import ArgumentParser
import GreenDiffusion
import Storage

/// `greendiff report`: a page of one run, or of several side by side.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write an HTML page of a run, or one that compares runs: quality against energy and bytes, images, all rounds.",
        discussion: """
            One file that needs no other and no network, for a screen of any width and for print. Of each run it has the sample grids \
            (at most 16, fewer with many runs) to go through with a slider, and draws 16 images and one image step by step from noise \
            that all runs have in common. Runs of train and of pretrain go together; they may be training.

            EXAMPLES:
              greendiff report runs/demo
              greendiff report runs/on-demand runs/fixed-8 runs/fedavg --out schemes.html
              greendiff report runs/* --draw off
            """)

    @Argument(help: ArgumentHelp("Run directories.", valueName: "run-dir"))
    var runs: [String]

    @Option(
        help: ArgumentHelp(
            "The page (default: report.html in the folder of one run; \(Self.comparisonName) for several).", valueName: "file"))
    var out: String?

    @Option(help: ArgumentHelp("Draw with each run's newest model: on or off.", valueName: "on|off"))
    var draw: Switch = .on

    @OptionGroup var drawingOptions: DrawingOptions

    @Option(help: ArgumentHelp("Seed of the noise that drawing begins with.", valueName: "n"))
    var seed: UInt64 = 0

    @OptionGroup var threadOptions: ThreadOptions
    @OptionGroup var computeOptions: ComputeOptions
    @OptionGroup var loggingOptions: LoggingOptions

    private static let comparisonName = "comparison.html"
    private static let drawnCount = 16

    func validate() throws {
        guard draw == .off, let flag = drawingOptions.given else { return }
        throw ValidationError("\(flag) says how models draw, and --draw is off; leave one out")
    }

    func run() throws {
        loggingOptions.start()
        let report = try RunReport(runs)
        let path = out.map(expandingHome) ?? (runs.count == 1 ? "\(expandingHome(runs[0]))/report.html" : Self.comparisonName)
        try AtomicFile.requireReplaceable(path, madeFrom: report.files)
        let page: String
        if draw == .on {
            let drawing = drawingOptions.drawing(
                count: Self.drawnCount, seed: seed, threads: threadOptions.threads, computeOptions)
            var line = RateProgress(
                unit: "image", total: report.modelCount * Self.drawnCount, console: StandardConsole.error)
            defer { line.close() }
            page = try DrawingOptions.namingFlags {
                try report.html(drawing: drawing) { line.show(done: $0) }
            }
        } else {
            page = try report.html(drawing: nil) { _ in }
        }
        try AtomicFile.write(page, to: path)
        StandardConsole.output.line("report  \(path)")
    }
}
