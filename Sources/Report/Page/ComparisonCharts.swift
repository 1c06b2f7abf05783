import Records

/// What several runs reached against what it cost: by round or image, by energy, by bytes; a line a run.
struct ComparisonCharts {
    /// What a chart shows upwards.
    private struct Measure {
        let name: String
        let unit: String
        let value: (Milestone) -> Double?
        var error: (Milestone) -> Double? = { _ in nil }
    }

    /// What a chart shows to the right.
    private struct Cost {
        let title: String
        let label: String
        let value: (Milestone) -> Double?
    }

    private let runs: [(run: ReportInput, milestones: [Milestone])]
    private let costs: [Cost]

    init(_ runs: [ReportInput]) {
        self.runs = runs.map { ($0, $0.milestones) }
        let last = self.runs.compactMap(\.milestones.last)
        let energyUnit = Quantity.axisUnit("J", largest: last.compactMap(\.energyJoules).max() ?? 0)
        let uploadUnit = Quantity.axisUnit("B", largest: last.compactMap(\.uploadBytes).max() ?? 0)
        let units = Set(runs.map(\.unit))
        // Rounds and steps are no common measure, nor are steps of different sizes.
        let isComparable = units.count == 1 && Set(runs.map(\.batchSize)).count == 1
        let unit = isComparable ? runs.first?.unit : nil
        costs = [
            unit.map { name in Cost(title: "by \(name)", label: name) { Double($0.number) } }
                ?? Cost(title: "by training image", label: "training images, all devices together") { $0.images },
            Cost(title: "by energy spent", label: "energy so far, \(energyUnit.name) (modelled)") { milestone in
                milestone.energyJoules.map { $0 / energyUnit.size }
            },
            Cost(title: "by bytes uploaded", label: "upload so far, \(uploadUnit.name)") { milestone in
                milestone.uploadBytes.map { $0 / uploadUnit.size }
            },
        ]
    }

    private static var measures: [Measure] {
        [
            Measure(name: "KID", unit: "KID", value: { $0.distances?.kidMean }, error: { $0.distances?.kidStandardError }),
            Measure(name: "Frechet distance", unit: "Frechet distance", value: { $0.distances?.frechet }),
            Measure(name: "Held-out loss", unit: "mean squared error", value: \.lossHeldOut),
            Measure(name: "Training loss", unit: "mean squared error", value: \.loss),
        ]
    }

    func html() -> String {
        let groups = Self.measures.compactMap(group)
        guard !groups.isEmpty else { return "" }
        let legend = runs.enumerated().map { (name: $1.run.title, kind: seriesKind($0)) }
        return """
            <section><h2>Quality against cost</h2><p>What Fig. 2 of the paper shows, with these runs' numbers: lower is better, further \
            left is cheaper.</p>
            <div class="keys">\(ChartCard.keys(legend))</div>
            \(groups.joined())</section>

            """
    }

    private func group(_ measure: Measure) -> String? {
        let cards = costs.map { cost in
            ChartCard.html("\(measure.name) \(cost.title)", chart(measure, cost).svg())
        }.joined()
        return cards.isEmpty ? nil : "<div class=\"charts three\">\(cards)</div>\n"
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
            label: "\(measure.name) \(cost.title)", unit: measure.unit, xLabel: cost.label, series: series, fromZero: false)
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
