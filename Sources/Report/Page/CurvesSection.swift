import Records

/// Charts of a run over its rounds.
struct CurvesSection {
    let run: ReportInput
    let anchors: ReportAnchors

    /// Bars beyond this number are averages of neighbouring rounds.
    private static let mostBars = 90

    func html() -> String {
        guard !run.rounds.isEmpty else { return "" }
        let cards = [
            ChartCard.html("Loss", legend: lossLegend, loss.svg()), DistanceCharts(run: run, anchor: anchors.round).html(),
            ChartCard.html("Energy a round, modelled", legend: [("compute", "compute"), ("radio", "radio")], energy.svg()),
            ChartCard.html("Upload a round", upload.svg()), ChartCard.html("Time a round, modelled", time.svg()),
        ]
        return "<section><h2>Round by round</h2><div class=\"charts\">\(cards.joined())</div>\(bitsCard)</section>\n"
    }

    private var lossLegend: [(name: String, kind: String)] {
        run.rounds.contains { $0.lossHeldOut != nil } ? [("training", "series-0"), ("held out", "series-1")] : []
    }

    private var loss: LineChart {
        func points(_ name: String, _ value: (RoundRecord) -> Double?) -> [LineChart.Point] {
            run.rounds.compactMap { row in
                value(row).map {
                    LineChart.Point(
                        x: Double(row.round), y: $0, title: "Round \(row.round): \(name) \(Quantity.scientific($0))",
                        anchor: anchors.round(row.round))
                }
            }
        }
        return LineChart(
            label: "Loss per round", unit: "mean squared error",
            series: [
                .init(name: "training", kind: "series-0", points: points("training loss", \.loss)),
                .init(name: "held out", kind: "series-1", points: points("held-out loss", \.lossHeldOut)),
            ].filter { !$0.points.isEmpty }, fromZero: false)
    }

    private var energy: StackedBarChart {
        let unit = Quantity.axisUnit("J", largest: run.rounds.map(\.energyTotalJoules).max() ?? 0)
        return bars("Energy per round, compute and radio", unit: unit.name, kinds: ["compute", "radio"]) {
            [$0.energyComputeJoules / unit.size, $0.energyCommunicationJoules / unit.size]
        } title: {
            "\(Quantity.energy($0[0] * unit.size)) compute + \(Quantity.energy($0[1] * unit.size)) radio = "
                + "\(Quantity.energy(($0[0] + $0[1]) * unit.size)) (modelled)"
        }
    }

    private var upload: StackedBarChart {
        let unit = Quantity.axisUnit("B", largest: run.rounds.map { Double($0.uploadBytes) }.max() ?? 0)
        return bars("Upload per round, all devices", unit: unit.name, kinds: ["series-0"]) {
            [Double($0.uploadBytes) / unit.size]
        } title: {
            "\(Quantity.bytes($0[0] * unit.size)) uploaded"
        }
    }

    private var time: StackedBarChart {
        bars("Modelled time per round", unit: "s", kinds: ["series-2"]) {
            [$0.roundTimeSeconds]
        } title: {
            "slowest device took \(Quantity.time($0[0])) (modelled)"
        }
    }

    private func bars(
        _ label: String, unit: String, kinds: [String], values: (RoundRecord) -> [Double], title: ([Double]) -> String
    ) -> StackedBarChart {
        let size = (run.rounds.count + Self.mostBars - 1) / Self.mostBars
        let bars = stride(from: 0, to: run.rounds.count, by: size).map { start in
            let rows = run.rounds[start..<min(start + size, run.rounds.count)]
            let sums = rows.reduce([Double](repeating: 0, count: kinds.count)) { sums, row in
                zip(sums, values(row)).map { $0 + $1 }
            }
            let means = sums.map { $0 / Double(rows.count) }
            let (first, last) = (run.rounds[start].round, rows[rows.endIndex - 1].round)
            let name = first == last ? "Round \(first)" : "Mean of rounds \(first) to \(last)"
            return StackedBarChart.Bar(
                x: Double(first), parts: means, title: "\(name): \(title(means))", anchor: anchors.round(first))
        }
        return StackedBarChart(label: label, unit: unit, kinds: kinds, bars: bars, barSpan: Double(size))
    }

    private var bitsCard: String {
        let map = BitsMap(run: run, anchors: anchors)
        return ChartCard.html("Bits per device", legend: map.legend, map.chart.svg(), isWide: true)
    }
}
