import Energy
import Report
import Storage

/// Fig. 3: how Algorithm 1 converges, for several demands, time budgets and distances.
struct ConvergenceStudy {
    /// One device's way to its optimum.
    struct Run {
        let bits: Int
        let timeBudgetSeconds: Double
        let distanceMetres: Double
        let iterations: [Algorithm1.Iteration]
        /// By the fast solver.
        let optimumJoules: Double
        /// Iterations at the loose tolerance.
        let looseCount: Int

        func gap(_ iteration: Algorithm1.Iteration) -> Double { iteration.energyTotalJoules / optimumJoules - 1 }
    }

    /// Runs that differ in one quantity.
    struct Sweep {
        let name: String
        let title: String
        let runs: [Run]
        let label: (Run) -> String
    }

    let sweeps: [Sweep]
    private static let tolerance = 1e-6
    private static let looseTolerance = 1e-3
    /// Where time budget or distance vary.
    private static let middleBits = 7

    init() throws(EnergyInputError) {
        var (byBits, byTime, byDistance): ([Run], [Run], [Run]) = ([], [], [])
        for bits in PaperStudy.widths { byBits.append(try Self.run(bits: bits)) }
        for time in [13.0, 15, 18] { byTime.append(try Self.run(bits: Self.middleBits, time: time)) }
        for distance in [25.0, 45, 65] { byDistance.append(try Self.run(bits: Self.middleBits, distance: distance)) }
        sweeps = [
            Sweep(name: "bits", title: "Demands of 6, 7, 8 bits", runs: byBits) { "\($0.bits) bits" },
            Sweep(name: "time_budget", title: "Time budgets, 7 bits", runs: byTime) {
                "T = \(Quantity.number($0.timeBudgetSeconds)) s"
            },
            Sweep(name: "distance", title: "Distances, 7 bits", runs: byDistance) {
                "d = \(Quantity.number($0.distanceMetres)) m"
            },
        ]
    }

    private static func run(
        bits: Int, time: Double = PaperStudy.timeBudgetSeconds, distance: Double = PaperStudy.distanceMetres
    ) throws(EnergyInputError) -> Run {
        let problem = try PaperStudy.problem(bits: bits, timeBudgetSeconds: time, distanceMetres: distance)
        return Run(
            bits: bits, timeBudgetSeconds: time, distanceMetres: distance,
            iterations: try Algorithm1(tolerance: tolerance).solve(problem).iterations,
            optimumJoules: EnergySolver.fast.solve(problem).plan?.energyTotalJoules ?? .nan,
            looseCount: try Algorithm1(tolerance: looseTolerance).solve(problem).iterations.count)
    }

    var figure: Figure {
        let energies = sweeps.map { sweep in
            panel(sweep, title: sweep.title, unit: "energy of the iterate, J") { run, iteration in iteration.energyTotalJoules }
        }
        let gaps = sweeps.map { sweep in
            panel(sweep, title: "Distance to the optimum", unit: "relative, absolute value", hasLegend: false) { run, iteration in
                abs(run.gap(iteration))
            }
        }
        return Figure(
            title: "Convergence of Algorithm 1 (corrected), the paper's device", panels: energies + gaps, columns: sweeps.count,
            notes: [
                "Each point is a step of the bisection on the time budget's multiplier. A step whose shares exceed the budget costs less "
                    + "than the optimum; the solver returns the cheapest step that keeps it. Relative tolerance \(Self.tolerance)."
            ])
    }

    private func panel(
        _ sweep: Sweep, title: String, unit: String, hasLegend: Bool = true,
        value: @escaping (Run, Algorithm1.Iteration) -> Double
    ) -> Figure.Panel {
        let series = sweep.runs.enumerated().map { index, run in
            LineChart.Series(
                name: sweep.label(run), kind: seriesKind(index),
                points: run.iterations.enumerated().map { step, iteration in
                    let y = value(run, iteration)
                    return LineChart.Point(
                        x: Double(step + 1), y: y, title: "\(sweep.label(run)), iteration \(step + 1): \(Quantity.significant(y))"
                    )
                }, dotRadius: 1.8)
        }
        let chart = LineChart(
            label: "\(sweep.title): \(title)", unit: unit, xLabel: "iteration", series: series, fromZero: false,
            yScale: .logarithmic)
        return Figure.Panel(title: title, chart: chart, legend: hasLegend ? nil : [])
    }

    var csv: String {
        var table = CSVTable([
            "sweep", "bits", "time_budget_s", "distance_m", "iteration", "multiplier_j", "theta", "pi", "energy_total_j",
            "energy_optimum_j", "gap_relative",
        ])
        for sweep in sweeps {
            for run in sweep.runs {
                for (step, iteration) in run.iterations.enumerated() {
                    table.append([
                        sweep.name, run.bits, run.timeBudgetSeconds, run.distanceMetres, step + 1, iteration.multiplierJoules,
                        iteration.theta, iteration.pi, iteration.energyTotalJoules, run.optimumJoules, run.gap(iteration),
                    ])
                }
            }
        }
        return table.text
    }

    var headline: String {
        let runs = sweeps.flatMap(\.runs)
        func range(_ counts: [Int]) -> String { "\(counts.min() ?? 0) to \(counts.max() ?? 0)" }
        return "Algorithm 1 takes \(range(runs.map(\.looseCount))) iterations to \(Self.looseTolerance), "
            + "\(range(runs.map(\.iterations.count))) to \(Self.tolerance)"
    }
}
