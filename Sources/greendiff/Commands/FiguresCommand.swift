import ArgumentParser
import GreenDiffusion
import Storage
import Studies

/// `greendiff figures`: the paper's study.
struct FiguresCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "figures",
        abstract: "Make the paper's figures 2 to 4, and what real processors draw, as SVG and CSV.",
        discussion: """
            Figure 3 (convergence of Algorithm 1) and figure 4 (energy against time budget) are solved for the paper's device; \
            equation-13.csv says what minimising the paper's equation 13 as printed costs. Figure 2 (loss over rounds and over energy, \
            samples) is made of run directories, one line a run. real-energy.svg sets measured processors beside the law. All energies are modelled. Same input, same bytes.

            EXAMPLES:
              greendiff figures --out figures
              greendiff figures --runs runs/on-demand runs/fixed-8 runs/fedavg --out figures
            """)

    @Option(help: ArgumentHelp("Folder for the files; made where it is missing.", valueName: "dir"))
    var out: String

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Run directories for figure 2.", valueName: "run-dir"))
    var runs: [String] = []

    func run() throws {
        StandardConsole.output.line(try PaperFigures(runs: runs).write(to: out))
        if runs.isEmpty { StandardConsole.output.line("\nfor figure 2 add --runs RUN_DIR ...") }
    }
}
