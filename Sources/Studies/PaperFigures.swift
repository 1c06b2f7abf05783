import Report

/// The paper's study by one command: Fig. 3 and 4 from the solver, Fig. 2 from runs, and what its printed equation 13 costs.
package struct PaperFigures {
    private let convergence: ConvergenceStudy
    private let budgets: BudgetStudy
    private let printed: PrintedEquationStudy
    private let realEnergy: RealEnergyStudy
    private let losses: LossStudy?

    /// Solves the studies and reads the runs.
    ///
    /// - Parameter runs: run directories for Fig. 2; none leaves it out.
    /// - Throws: `RunDirectoryError`, `ConfigurationError` or `FileError` for a run that cannot be read.
    package init(runs: [String]) throws {
        losses = runs.isEmpty ? nil : try LossStudy(runs)
        convergence = try ConvergenceStudy()
        budgets = try BudgetStudy()
        printed = try PrintedEquationStudy()
        realEnergy = try RealEnergyStudy()
    }

    /// Writes all figures into `folder` as SVG and CSV.
    ///
    /// - Returns: what was written and the numbers that it shows, for people.
    /// - Throws: `FileError`.
    package func write(to folder: String) throws -> String {
        let rows = try FigureFile.write(files(), to: folder)
        var lines = [TextTable.text([["file", "shows"]] + rows), ""]
        if losses == nil {
            lines += ["Fig. 2 (loss over rounds, samples) is left out: it needs runs", ""]
        }
        lines += [convergence.headline] + (try budgets.headlines()) + [printed.headline, realEnergy.headline]
        return lines.joined(separator: "\n")
    }

    private func files() throws -> [FigureFile] {
        var files: [FigureFile] = []
        if let losses {
            files.append(FigureFile(name: "figure-2.svg", contents: losses.figure.svg(), subject: "loss over rounds and energy"))
            files.append(FigureFile(name: "figure-2.csv", contents: losses.csv, subject: "its numbers"))
            if let pictures = try losses.pictures() {
                files.append(FigureFile(name: "figure-2-samples.svg", contents: pictures, subject: "the runs' newest samples"))
            }
        }
        return files + [
            FigureFile(name: "figure-3.svg", contents: convergence.figure.svg(), subject: "convergence of Algorithm 1"),
            FigureFile(name: "figure-3.csv", contents: convergence.csv, subject: "its numbers"),
            FigureFile(name: "figure-4.svg", contents: budgets.figure.svg(), subject: "energy against time budget"),
            FigureFile(name: "figure-4.csv", contents: budgets.csv, subject: "its numbers"),
            FigureFile(
                name: "real-energy.svg", contents: realEnergy.figure.svg(),
                subject: "beyond the paper: measured processors and the law"),
            FigureFile(name: "real-energy.csv", contents: realEnergy.csv, subject: "its numbers"),
            FigureFile(name: "equation-13.csv", contents: printed.csv, subject: "cost of the printed equation 13"),
        ]
    }
}
