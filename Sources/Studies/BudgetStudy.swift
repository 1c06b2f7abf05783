import Energy
import Report
import Storage

/// Fig. 4: energy of a round against its time budget, on demand and under the baselines.
///
/// On demand, 30 of the paper's devices send the 6, 7 or 8 bits that each demands, with the optimal split of their time. The baselines send
/// the same bits from all and use half of the time for each part. Energies are means over the devices.
struct BudgetStudy {
    enum Scheme: Hashable {
        case onDemand
        /// The even split, with the same bits for all.
        case even(bits: Int)

        var name: String {
            switch self {
            case .onDemand: "on-demand"
            case .even(32): "fedavg-32"
            case .even(let bits): "fixed-\(bits)"
            }
        }
    }

    struct Row {
        let distanceMetres: Double
        let timeBudgetSeconds: Double
        let scheme: Scheme
        /// Mean over the devices; nil where one of them is infeasible.
        let energyJoules: Double?
        /// Why one is.
        let reason: String?
    }

    let rows: [Row]
    private static let schemes: [Scheme] = [.onDemand, .even(bits: 6), .even(bits: 7), .even(bits: 8), .even(bits: 32)]
    private static let timeBudgets = Array(stride(from: 13.0, through: 18, by: 0.25))
    /// The paper's, and one at which the baseline of 32 bits runs out of time.
    private static let distances = [PaperStudy.distanceMetres, 65]

    init() throws(EnergyInputError) {
        var rows: [Row] = []
        for distance in Self.distances {
            for scheme in Self.schemes {
                for time in Self.timeBudgets {
                    rows.append(try Self.row(scheme, timeBudgetSeconds: time, distanceMetres: distance))
                }
            }
        }
        self.rows = rows
    }

    private static func row(
        _ scheme: Scheme, timeBudgetSeconds: Double, distanceMetres: Double
    ) throws(EnergyInputError) -> Row {
        var (sum, devices) = (0.0, 0)
        let bits: [Int] = if case .even(let bits) = scheme { [bits] } else { PaperStudy.demandedBits }
        for bits in bits {
            let problem = try PaperStudy.problem(
                bits: bits, timeBudgetSeconds: timeBudgetSeconds, distanceMetres: distanceMetres)
            switch scheme == .onDemand ? EnergySolver.fast.solve(problem) : problem.evenSplit() {
            case .feasible(let plan): sum += plan.energyTotalJoules
            case .infeasible(let reason):
                return Row(
                    distanceMetres: distanceMetres, timeBudgetSeconds: timeBudgetSeconds, scheme: scheme, energyJoules: nil,
                    reason: "\(reason)")
            }
            devices += 1
        }
        return Row(
            distanceMetres: distanceMetres, timeBudgetSeconds: timeBudgetSeconds, scheme: scheme,
            energyJoules: sum / Double(devices), reason: nil)
    }

    private func rows(_ scheme: Scheme, distanceMetres: Double) -> [Row] {
        rows.filter { $0.scheme == scheme && $0.distanceMetres == distanceMetres }
    }

    var figure: Figure {
        let panels = Self.distances.map { distance in
            let series = Self.schemes.enumerated().map { index, scheme in
                LineChart.Series(
                    name: scheme.name, kind: seriesKind(index),
                    points: rows(scheme, distanceMetres: distance).map { row in
                        LineChart.Point(
                            x: row.timeBudgetSeconds, y: row.energyJoules ?? .nan,
                            title: "\(scheme.name), T = \(row.timeBudgetSeconds) s: \(Quantity.energy(row.energyJoules ?? 0))")
                    }, dotRadius: 2.2)
            }
            let chart = LineChart(
                label: "Energy against time budget at \(distance) m", unit: "J a device and round",
                xLabel: "time budget T, s", series: series, fromZero: true)
            return Figure.Panel(title: "Distance \(Quantity.number(distance)) m", chart: chart)
        }
        let counts = PaperStudy.widths.map { bits in "\(PaperStudy.demandedBits.count { $0 == bits }) x \(bits) bits" }
        return Figure(
            title: "Energy of a round against its time budget", panels: panels, columns: panels.count,
            notes: [
                "On demand: \(PaperStudy.demandedBits.count) of the paper's devices, \(counts.joined(separator: ", ")), optimal split "
                    + "of the time; mean over the devices. Baselines: the same bits for all, half of the time for training, half for "
                    + "sending."
            ] + gapNotes)
    }

    /// One line for each line of the figure that is not drawn everywhere.
    private var gapNotes: [String] {
        Self.distances.flatMap { distance in
            Self.schemes.compactMap { scheme in
                let missing = rows(scheme, distanceMetres: distance).filter { $0.energyJoules == nil }
                guard let last = missing.last else { return nil }
                return
                    "At \(Quantity.number(distance)) m \(scheme.name) is infeasible up to T = \(last.timeBudgetSeconds) s: "
                    + (last.reason ?? "")
            }
        }
    }

    var csv: String {
        var table = CSVTable(["distance_m", "time_budget_s", "scheme", "devices", "bits_mean", "energy_mean_j", "reason"])
        let demanded = PaperStudy.demandedBits
        for row in rows {
            let bits: Double =
                if case .even(let bits) = row.scheme { Double(bits) } else {
                    Double(demanded.reduce(0, +)) / Double(demanded.count)
                }
            table.append([
                row.distanceMetres, row.timeBudgetSeconds, row.scheme.name, demanded.count, bits, row.energyJoules, row.reason,
            ])
        }
        return table.text
    }

    private func energy(_ scheme: Scheme) -> Double {
        rows(scheme, distanceMetres: PaperStudy.distanceMetres)
            .first { $0.timeBudgetSeconds == PaperStudy.timeBudgetSeconds }?.energyJoules ?? .nan
    }

    /// At the paper's T and distance: what the optimal split saves at the same bits, and against FedAvg.
    func headlines() throws(EnergyInputError) -> [String] {
        var (saved, factors): ([Double], [Double]) = ([], [])
        let fedAvg = energy(.even(bits: 32))
        for bits in PaperStudy.widths {
            guard let best = EnergySolver.fast.solve(try PaperStudy.problem(bits: bits)).plan else { continue }
            saved.append(100 * (1 - best.energyTotalJoules / energy(.even(bits: bits))))
            factors.append(fedAvg / best.energyTotalJoules)
        }
        func range(_ values: [Double], _ digits: (Double) -> String) -> String {
            "\(digits(values.min() ?? .nan)) to \(digits(values.max() ?? .nan))"
        }
        let population = energy(.onDemand)
        let shares = PaperStudy.widths.map { bits in
            "\(Quantity.significant(100 * (1 - population / energy(.even(bits: bits))))) % less than fixed-\(bits)"
        }
        let time = "T = \(Quantity.number(PaperStudy.timeBudgetSeconds)) s"
        return [
            "at \(time) a device that sends 6 to 8 bits saves \(range(saved, Quantity.significant)) % against the same bits with the "
                + "even split, and needs \(range(factors, Quantity.significant)) times less than FedAvg with 32 bits",
            "the \(PaperStudy.demandedBits.count) devices on demand need \(Quantity.energy(population)) each: "
                + "\(shares.joined(separator: ", ")), \(Quantity.significant(fedAvg / population)) times less than FedAvg",
        ]
    }
}
