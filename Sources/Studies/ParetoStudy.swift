import Foundation
import GreenDiffusion
import Report
import Storage

/// Least energy to a loss: several runs side by side, each at the round in which it first reached the target.
package struct ParetoStudy {
    /// One run at the target.
    struct Entry {
        let label: String
        let run: RecordedRun
        let curve: LossCurve
        /// nil where the run never reached the target.
        let reached: LossCurve.Point?
        let frontier: BudgetFrontier?
        /// No other run reached the target with less energy in no more time, or in less time with no more energy.
        var isOptimal = false
    }

    let targetLoss: Double
    let entries: [Entry]
    /// Settings in which the runs differ.
    private let differing: [Setting]

    /// Reads the runs.
    ///
    /// - Parameter targetLoss: nil for the smallest loss that every run reaches.
    /// - Throws: `RunDirectoryError`, `ConfigurationError` or `FileError` for a run that cannot be used, also for one without held-out
    ///   losses, and where no run reaches the target.
    package init(runs paths: [String], targetLoss: Double?) throws {
        let runs = try RecordedRun.read(paths)
        let curves = runs.map { LossCurve($0.run) }
        let best = try zip(runs, curves).map { entry, curve in
            guard let best = curve.best else {
                let reason =
                    entry.run.configuration.evaluateEvery > 0
                    ? "it has no held-out losses: its data set has too few images to hold some back; train on "
                        + "\(RunImages.fewestToHoldOut) or more"
                    : "it has no held-out losses; train it with evaluate-every 1"
                throw FileError.invalid(path: entry.run.files.path, reason: reason)
            }
            return best
        }
        let target = targetLoss ?? best.max() ?? 0
        guard let smallest = best.min(), smallest <= target else {
            throw ConfigurationError(
                "target-loss", "\(target)", "is below \(best.min() ?? .nan), the smallest smoothed held-out loss of these runs",
                wayOut: "give a larger one, or leave it out")
        }
        self.targetLoss = target
        let reached = curves.map { $0.reaching(target) }
        var entries = try zip(zip(runs, curves), reached).map { known, reached in
            let (entry, curve) = known
            return Entry(
                label: entry.label, run: entry.run, curve: curve, reached: reached,
                frontier: try reached.map { try BudgetFrontier(entry.run, through: $0.total.round) })
        }
        for index in entries.indices { entries[index].isOptimal = Self.isOptimal(reached[index], among: reached) }
        self.entries = entries
        let texts = runs.map { entry in Setting.allCases.map { entry.run.configuration.text(of: $0) } }
        differing = zip(Setting.allCases, Setting.allCases.indices).filter { setting, index in
            !setting.isChangeable && Set(texts.map { $0[index] }).count > 1
        }.map(\.0)
    }

    private static func isOptimal(_ point: LossCurve.Point?, among others: [LossCurve.Point?]) -> Bool {
        guard let mine = point?.total else { return false }
        return !others.compactMap { $0?.total }.contains { other in
            other.energyJoules <= mine.energyJoules && other.seconds <= mine.seconds
                && (other.energyJoules < mine.energyJoules || other.seconds < mine.seconds)
        }
    }

    /// Writes figure and tables into `folder`.
    ///
    /// - Returns: what was written and the table, for people.
    /// - Throws: `FileError`.
    package func write(to folder: String) throws -> String {
        let rows = try FigureFile.write(
            [
                FigureFile(name: "pareto.svg", contents: figure.svg(), subject: "loss against energy, energy against time"),
                FigureFile(name: "pareto.csv", contents: csv, subject: "the runs at the target"),
                FigureFile(
                    name: "frontier.csv", contents: frontierCSV, subject: "energy and time to the target for other time budgets"),
            ], to: folder)
        return [
            table, "",
            "target: smoothed held-out loss \(Quantity.significant(targetLoss)) (mean of three evaluations); * no other run is better in "
                + "energy and time; at T/2 and 2T: energy of the same rounds with another time budget",
            "energy and time are modelled, upload is measured", "", TextTable.text([["file", "shows"]] + rows),
        ].joined(separator: "\n")
    }

    private func setting(_ setting: Setting, _ run: RecordedRun) -> String {
        // What a run of FedAvg has as bits is not used.
        setting == .bits && run.configuration.scheme == .fedAvg ? "32" : run.configuration.text(of: setting) ?? "-"
    }

    private var table: String {
        let head =
            ["run"] + differing.map(\.name) + ["rounds", "energy", "time", "upload", "best loss", "at T/2", "at 2T"]
        return TextTable.text(
            [head]
                + entries.map { entry in
                    let start = [(entry.isOptimal ? "* " : "  ") + entry.label] + differing.map { setting($0, entry.run) }
                    let best = String(format: "%.5f", entry.curve.best ?? .nan)
                    guard let total = entry.reached?.total else { return start + ["-", "-", "-", "-", best, "-", "-"] }
                    return start + [
                        "\(total.round)", Quantity.energy(total.energyJoules), Quantity.time(total.seconds),
                        Quantity.bytes(total.uploadBytes), best,
                    ]
                        + [entry.frontier?.halfBudgetJoules, entry.frontier?.doubleBudgetJoules].map {
                            $0.map(Quantity.energy) ?? "-"
                        }
                })
    }

    private var csv: String {
        var table = CSVTable(
            ["run"] + differing.map(\.name) + [
                "loss_target", "round", "energy_total_j", "time_s", "upload_bytes", "loss_best", "pareto_optimal",
                "replanned_over_recorded",
            ])
        for entry in entries {
            let total = entry.reached?.total
            table.append(
                [entry.label] + differing.map { setting($0, entry.run) } + [
                    targetLoss, total?.round, total?.energyJoules, total?.seconds, total?.uploadBytes, entry.curve.best,
                    entry.isOptimal, entry.frontier?.agreement,
                ])
        }
        return table.text
    }

    private var frontierCSV: String {
        var table = CSVTable(["run", "time_budget_s", "energy_total_j", "time_s"])
        for entry in entries {
            for point in entry.frontier?.points ?? [] {
                table.append([entry.label, point.timeBudgetSeconds, point.cost.energyJoules, point.cost.seconds])
            }
        }
        return table.text
    }
}
