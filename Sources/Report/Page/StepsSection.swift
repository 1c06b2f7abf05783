import Records

/// Loss and distances of training on one machine, over its steps.
enum StepsSection {
    static func html(_ run: ReportInput) -> String {
        let steps = run.steps
        guard !steps.isEmpty else { return "" }
        func points(_ name: String, _ value: (PretrainingRecord) -> Double?) -> [LineChart.Point] {
            steps.compactMap { row in
                value(row).map {
                    LineChart.Point(x: Double(row.step), y: $0, title: "Step \(row.step): \(name) \(Quantity.scientific($0))")
                }
            }
        }
        let series = [
            LineChart.Series(name: "training", kind: "series-0", points: points("training loss", \.loss)),
            LineChart.Series(name: "held out", kind: "series-1", points: points("held-out loss", \.lossHeldOut)),
        ].filter { !$0.points.isEmpty }
        let chart = LineChart(
            label: "Loss over the steps", unit: "mean squared error", xLabel: "step", series: series, fromZero: false)
        let loss = ChartCard.html("Loss", legend: series.map { ($0.name, $0.kind) }, chart.svg())
        return "<section><h2>Step by step</h2><div class=\"charts\">\(loss)\(DistanceCharts(run: run).html())</div></section>\n"
    }
}
