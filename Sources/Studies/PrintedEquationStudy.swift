import Energy
import Report
import Storage

/// What minimising [Lai23 eq. 13] as printed costs: its second term lacks the factor `pi`.
struct PrintedEquationStudy {
    struct Row {
        let bits: Int
        let optimumJoules: Double
        /// True energy of the shares that minimise the printed form.
        let printedJoules: Double

        var excess: Double { printedJoules / optimumJoules - 1 }
    }

    let rows: [Row]

    init() throws(EnergyInputError) {
        var rows: [Row] = []
        for bits in Array(PaperStudy.widths) + [32] {
            let problem = try PaperStudy.problem(bits: bits)
            guard let best = EnergySolver.fast.solve(problem).plan,
                let printed = EnergySolver.fast.solve(problem, equations: .printed).plan
            else { continue }
            rows.append(Row(bits: bits, optimumJoules: best.energyTotalJoules, printedJoules: printed.energyTotalJoules))
        }
        self.rows = rows
    }

    var csv: String {
        var table = CSVTable(["bits", "energy_optimum_j", "energy_printed_j", "excess_relative"])
        for row in rows { table.append([row.bits, row.optimumJoules, row.printedJoules, row.excess]) }
        return table.text
    }

    var headline: String {
        let excess = rows.map { "\(Quantity.significant(100 * $0.excess)) % at \($0.bits)" }
        return "minimising (13) as printed costs \(excess.joined(separator: ", ")) bits more than the optimum"
    }
}
