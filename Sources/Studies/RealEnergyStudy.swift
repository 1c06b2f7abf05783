import Energy
import FedRuntime
import Report
import Storage

/// What slowing down really saves: measured processors against the paper's law, beyond the paper.
struct RealEnergyStudy {
    /// One processor at one load.
    struct Row {
        let profile: String
        /// Share of the time that training would take at full speed.
        let load: Double
        /// Least energy of training that may take all of the time, over that at full speed, by its table.
        let table: Double
        /// The same by `tau f^3` with the table's lowest frequency.
        let law: Double
    }

    static let profiles = ["pixel-6-big", "pixel-6-little", "pixel-4a-big", "pixel-2-xl-big", "rk3399-big"]
    static let loads = (1...20).map { Double($0) / 20 }

    let rows: [Row]
    private let tables: [(name: String, table: OperatingPoints)]

    init() throws(DeviceError) {
        var tables: [(name: String, table: OperatingPoints)] = []
        for name in Self.profiles {
            guard let table = try DeviceProfile.named(name).operatingPoints else { continue }
            tables.append((name, table))
        }
        self.tables = tables
        rows = tables.flatMap { name, table in Self.loads.map { Self.row(name, table, load: $0) } }
    }

    private static func row(_ name: String, _ table: OperatingPoints, load: Double) -> Row {
        let power = ProcessorPower.table(table)
        let top = table.highestCyclesPerSecond
        let speed = max(load * top, table.cheapestCyclesPerSecond())
        let slowest = max(load, table.rows[0].frequencyHertz / top)
        return Row(
            profile: name, load: load,
            table: power.joulesPerCycle(frequencyHertz: speed) / power.joulesPerCycle(frequencyHertz: top), law: slowest * slowest
        )
    }

    var figure: Figure {
        let saved = LineChart(
            label: "Energy of training against load", unit: "energy over that at full speed",
            xLabel: "load: share of the time at full speed",
            series: tables.enumerated().map { index, entry in
                series(entry.name, index, rows.filter { $0.profile == entry.name }.map { ($0.load, $0.table) })
            } + [series("tau f³", tables.count, Self.loads.map { ($0, $0 * $0) })], fromZero: true)
        let drawn = LineChart(
            label: "Power against frequency", unit: "power over that at the highest", xLabel: "frequency over the highest",
            series: tables.enumerated().map { index, entry in
                let top = entry.table.rows[entry.table.rows.count - 1]
                return series(
                    entry.name, index,
                    entry.table.rows.map { ($0.frequencyHertz / top.frequencyHertz, $0.powerWatts / top.powerWatts) })
            } + [series("tau f³", tables.count, Self.loads.map { ($0, $0 * $0 * $0) })], fromZero: true)
        return Figure(
            title: "What measured processors draw, and what slowing down saves",
            panels: [
                Figure.Panel(title: "Power above idle", chart: drawn),
                Figure.Panel(title: "Energy of a round's training", chart: saved),
            ],
            columns: 2,
            notes: [
                "Rows of the profiles' power tables (docs/devices.md). Right: the best mixture of rows within the time, idle power apart; "
                    + "the law goes on falling, the tables have a cheapest row."
            ])
    }

    private func series(_ name: String, _ index: Int, _ points: [(x: Double, y: Double)]) -> LineChart.Series {
        LineChart.Series(
            name: name, kind: seriesKind(index),
            points: points.map { x, y in
                LineChart.Point(x: x, y: y, title: "\(name): \(Quantity.significant(y)) at \(Quantity.significant(x))")
            }, dotRadius: name == "tau f³" ? 0 : 2)
    }

    var csv: String {
        var table = CSVTable(["profile", "load", "energy_relative_table", "energy_relative_law"])
        for row in rows { table.append([row.profile, row.load, row.table, row.law]) }
        return table.text
    }

    /// At a fifth of the time: what slowing down saves really, and by the law.
    var headline: String {
        let atFifth = rows.filter { $0.load == 0.2 }
        func range(_ values: [Double]) -> String {
            "\(Quantity.significant(values.min() ?? .nan))x to \(Quantity.significant(values.max() ?? .nan))x"
        }
        return
            "training that fills a fifth of its time at full speed saves \(range(atFifth.map { 1 / $0.table })) by slowing down on "
            + "\(tables.count) measured processors; the law says \(range(atFifth.map { 1 / $0.law }))"
    }
}
