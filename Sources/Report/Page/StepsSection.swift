import Records

/// The loss of training on one machine, over its steps.
enum StepsSection {
    static func html(_ steps: [PretrainingRecord]) -> String {
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
        let keys = series.map { "<span>\(SchemeSection.key($0.name, $0.kind))</span>" }.joined()
        return "<section><h2>Step by step</h2><div class=\"charts\"><figure class=\"card\"><figcaption><b>Loss</b>"
            + "<span class=\"legend\">\(keys)</span></figcaption>\(chart.svg())</figure></div></section>\n"
    }
}
