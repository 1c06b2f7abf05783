import ArgumentParser
import GreenDiffusion
import Storage
import Studies

/// `greendiff pareto`: which of several runs reached a loss with the least energy and time.
struct ParetoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pareto",
        abstract: "Compare runs by the energy, time and bytes that they took to a held-out loss.",
        discussion: """
            Reads run directories of one problem, e.g. a sweep over --bits, --select, --local-iterations or --time-budget. A run reaches \
            the target in the first round whose held-out loss, averaged with the two evaluations before it, is at most that. Then the \
            same rounds are planned anew for other time budgets: losses do not depend on them, energies do. Energy and time are modelled. \
            Evaluate often (train --evaluate-every 1) for a fine comparison.

            EXAMPLES:
              greendiff pareto runs/bits-6 runs/bits-8 runs/fedavg --out pareto
              greendiff pareto runs/sweep-* --target-loss 0.03 --out pareto
            """)

    @Argument(help: ArgumentHelp("Run directories.", valueName: "run-dir"))
    var runs: [String]

    @Option(help: ArgumentHelp("Held-out loss to reach (default: the smallest that every run reaches).", valueName: "loss"))
    var targetLoss: Double?

    @Option(help: ArgumentHelp("Folder for the files; made where it is missing.", valueName: "dir"))
    var out: String

    func validate() throws {
        guard let targetLoss, !(targetLoss > 0 && targetLoss.isFinite) else { return }
        throw ValidationError("--target-loss \(targetLoss) is not above 0; give a held-out loss such as 0.03, or leave it out")
    }

    func run() throws {
        StandardConsole.output.line(try ParetoStudy(runs: runs, targetLoss: targetLoss).write(to: out))
    }
}
