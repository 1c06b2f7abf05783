import Records

/// How far a run's images are from real ones, over its rounds or steps.
struct DistanceCharts {
    let run: ReportInput
    /// Where a click on a round leads.
    var anchor: (Int) -> String? = { _ in nil }

    func html() -> String {
        // Distances by another network or of another number of images than the last are other numbers.
        let milestones = run.milestones
        let last = milestones.compactMap(\.distances).last
        let evaluated = milestones.filter { milestone in milestone.distances.flatMap { last?.compares(with: $0) } ?? false }
        return card("KID", [line("KID", 0, evaluated, \.kidMean, error: \.kidStandardError)])
            + card("Frechet distance", [line("Frechet distance", 0, evaluated, \.frechet)])
            + card(
                "Precision and recall",
                [line("precision", 0, evaluated, \.precision), line("recall", 1, evaluated, \.recall)])
    }

    private func line(
        _ name: String, _ index: Int, _ milestones: [Milestone], _ value: (ImageDistances) -> Double?,
        error: (ImageDistances) -> Double? = { _ in nil }
    ) -> LineChart.Series {
        LineChart.Series(
            name: name, kind: seriesKind(index),
            points: milestones.compactMap { milestone in
                guard let distances = milestone.distances, let value = value(distances) else { return nil }
                return LineChart.Point(
                    x: Double(milestone.number), y: value,
                    title: "\(run.unit.capitalized) \(milestone.number): \(distances.text)", anchor: anchor(milestone.number),
                    error: error(distances))
            })
    }

    private func card(_ title: String, _ series: [LineChart.Series]) -> String {
        let chart = LineChart(
            label: "\(title) over the \(run.unit)s", unit: "", xLabel: run.unit, series: series, fromZero: false)
        return ChartCard.html(title, legend: series.count > 1 ? series.map { ($0.name, $0.kind) } : [], chart.svg())
    }
}
