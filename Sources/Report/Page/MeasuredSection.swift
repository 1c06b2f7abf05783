import Records

/// What a meter said of this machine beside what the model says of the devices, where a run was measured.
struct MeasuredSection {
    let run: ReportInput
    let anchors: ReportAnchors

    func html() -> String {
        guard let measured = MeasuredRounds(run.rounds) else { return "" }
        let legend = [("measured, this machine", seriesKind(0)), ("modelled, the devices", seriesKind(1))]
        let chart = ChartCard.html("Energy of a round's training", legend: legend, chart(measured).svg())
        return """
            <section><h2>Measured against modelled</h2>
            <p>Training: \(HTMLText.escape(measured.text)). The meter is of this machine, which trained for all devices one after another; \
            the model is of the devices that the run plans for. Where their profile is this machine's, calibration should bring the ratio \
            to 1.</p>
            <div class="charts">\(chart)</div></section>

            """
    }

    private func chart(_ measured: MeasuredRounds) -> LineChart {
        let largest = measured.rounds.map { max($0.energyComputeJoules, abs($0.energyMeasuredJoules ?? 0)) }.max() ?? 0
        let unit = Quantity.axisUnit("J", largest: largest)
        func series(_ name: String, _ index: Int, _ value: (RoundRecord) -> Double) -> LineChart.Series {
            LineChart.Series(
                name: name, kind: seriesKind(index),
                points: measured.rounds.map { row in
                    LineChart.Point(
                        x: Double(row.round), y: value(row) / unit.size,
                        title: "Round \(row.round): \(Quantity.energy(value(row))) \(name)", anchor: anchors.round(row.round))
                })
        }
        return LineChart(
            label: "Energy of training per round, measured and modelled", unit: unit.name,
            series: [
                series("measured above idle", 0) { $0.energyMeasuredJoules ?? 0 }, series("modelled", 1, \.energyComputeJoules),
            ], fromZero: true)
    }
}
