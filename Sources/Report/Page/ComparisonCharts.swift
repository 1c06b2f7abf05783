import Records

/// What several runs reached against what it cost: by round or image, by energy, by bytes; a line a run.
struct ComparisonCharts {
    /// What a chart shows upwards.
    private struct Measure {
        let name: String
        var unit = ""
        let value: (Milestone) -> Double?
        var error: (Milestone) -> Double? = { _ in nil }
        var isNoisy = false
    }

    /// What a chart shows to the right.
    private struct Cost {
        let title: String
        let label: String
        var scale = AxisScale.linear
        let value: (Milestone) -> Double?

        /// An amount that adds up: on a logarithmic axis where runs need very different ones.
        init(_ title: String, _ label: String, unit: String, ends: [Double], value: @escaping (Milestone) -> Double?) {
            let (low, high) = (ends.min() ?? 0, ends.max() ?? 0)
            let axis = Quantity.axisUnit(unit, largest: high)
            self.title = title
            self.label = axis.name.isEmpty ? label : "\(label), \(axis.name)"
            if low > 0, high / low > Self.wideRatio { scale = .logarithmic }
            self.value = { milestone in value(milestone).map { $0 / axis.size } }
        }

        init(_ title: String, _ label: String, value: @escaping (Milestone) -> Double?) {
            (self.title, self.label, self.value) = (title, label, value)
        }

        private static let wideRatio = 5.0
    }

    private let runs: [(run: ReportInput, milestones: [Milestone])]
    private let costs: [Cost]

    init(_ runs: [ReportInput]) {
        self.runs = runs.map { ($0, $0.milestones) }
        let ends = self.runs.compactMap(\.milestones.last)
        // Rounds and steps are no common measure, nor are steps of different sizes.
        let isCounted = Set(runs.map(\.batchSize)).count == 1
        costs = [
            isCounted
                ? Cost("by \(runs[0].unit)", runs[0].unit) { Double($0.number) }
                : Cost("by training image", "training images so far", unit: "", ends: ends.map(\.images), value: \.images),
            Cost(
                "by energy spent", "modelled energy so far", unit: "J", ends: ends.compactMap(\.energyJoules),
                value: \.energyJoules),
            Cost("by bytes uploaded", "upload so far", unit: "B", ends: ends.compactMap(\.uploadBytes), value: \.uploadBytes),
        ]
    }

    private static var measures: [Measure] {
        [
            Measure(name: "KID", value: { $0.distances?.kidMean }, error: { $0.distances?.kidStandardError }),
            Measure(name: "Frechet distance", value: { $0.distances?.frechet }),
            Measure(name: "Held-out loss", unit: "mean squared error", value: \.lossHeldOut),
            Measure(name: "Training loss", unit: "mean squared error", value: \.loss, isNoisy: true),
        ]
    }

    func html() -> String {
        let cards = Self.measures.flatMap { measure in
            shownCosts(measure).map { ChartCard.html("\(measure.name) \($0.title)", chart(measure, $0).svg()) }
        }.joined()
        guard !cards.isEmpty else { return "" }
        let legend = runs.enumerated().map { (name: $1.run.title, kind: seriesKind($0)) }
        return """
            <section><h2>Quality against cost</h2><p>What Fig. 2 of the paper shows, with these runs' numbers: lower is better, further
            left is cheaper.</p>
            <div class="keys">\(ChartCard.keys(legend))</div>
            <div class="charts three">\(cards)</div></section>

            """
    }

    /// Training losses go up and down from round to round: where there is a better measure they are not compared by cost.
    private func shownCosts(_ measure: Measure) -> [Cost] {
        let hasBetter = runs.contains { $0.milestones.contains { $0.lossHeldOut != nil || $0.distances != nil } }
        return measure.isNoisy && hasBetter ? Array(costs.prefix(1)) : costs
    }

    private func chart(_ measure: Measure, _ cost: Cost) -> LineChart {
        let series = runs.enumerated().map { index, entry in
            LineChart.Series(
                name: entry.run.title, kind: seriesKind(index),
                // Where nothing was measured there is no gap.
                points: entry.milestones.compactMap { milestone in
                    guard let x = cost.value(milestone), let y = measure.value(milestone) else { return nil }
                    return LineChart.Point(
                        x: x, y: y, title: Self.title(entry.run, milestone, measure), error: measure.error(milestone))
                })
        }
        return LineChart(
            label: "\(measure.name) \(cost.title)", unit: measure.unit, xLabel: cost.label, series: series, fromZero: false,
            xScale: cost.scale)
    }

    private static func title(_ run: ReportInput, _ milestone: Milestone, _ measure: Measure) -> String {
        let value = measure.value(milestone).map(Quantity.scientific) ?? ""
        let costs = [
            milestone.energyJoules.map { "\(Quantity.energy($0)) (modelled)" }, milestone.uploadBytes.map { Quantity.bytes($0) },
        ].compactMap(\.self)
        return "\(run.title), \(run.unit) \(milestone.number): "
            + (["\(measure.name) \(value)"] + costs).joined(separator: ", ")
    }
}
