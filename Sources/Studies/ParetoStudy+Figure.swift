import Report

extension ParetoStudy {
    /// Loss against energy; energy against time at the target, with what other time budgets would give.
    var figure: Figure {
        Figure(
            title: "Energy and time to a held-out loss of \(Quantity.significant(targetLoss))", panels: [losses, costs],
            columns: 2,
            notes: [
                "Energy and time are modelled. Left: held-out loss, mean of three evaluations. Right: a dot is a run when it first reached "
                    + "the loss, with a ring where no other run is better in both; its line is the same rounds planned anew for other "
                    + "time budgets T."
            ])
    }

    private var losses: Figure.Panel {
        let series = entries.enumerated().map { index, entry in
            LineChart.Series(
                name: entry.label, kind: seriesKind(index),
                points: entry.curve.points.map { point in
                    LineChart.Point(
                        x: point.total.energyJoules, y: point.smoothed,
                        title: "\(entry.label), round \(point.total.round): loss \(Quantity.significant(point.smoothed)), "
                            + Quantity.energy(point.total.energyJoules))
                }, dotRadius: 1.6)
        }
        let chart = LineChart(
            label: "Held-out loss against energy", unit: "held-out loss, smoothed", xLabel: "energy so far, J (modelled)",
            series: series, fromZero: false, xScale: .logarithmic, yScale: .logarithmic)
        return Figure.Panel(title: "Loss against energy", chart: chart)
    }

    private var costs: Figure.Panel {
        let lines = entries.enumerated().compactMap { index, entry in
            entry.frontier.map { frontier in
                LineChart.Series(
                    name: entry.label, kind: seriesKind(index),
                    points: frontier.points.map { point in
                        LineChart.Point(
                            x: point.cost.seconds, y: point.cost.energyJoules,
                            title: "\(entry.label), T = \(Quantity.time(point.timeBudgetSeconds))")
                    }, dotRadius: 0)
            }
        }
        let dots = entries.enumerated().compactMap { index, entry in
            entry.reached.map { point in
                LineChart.Series(
                    name: entry.label, kind: seriesKind(index) + (entry.isOptimal ? " ring" : ""),
                    points: [
                        LineChart.Point(
                            x: point.total.seconds, y: point.total.energyJoules,
                            title:
                                "\(entry.label): \(Quantity.energy(point.total.energyJoules)), \(Quantity.time(point.total.seconds))"
                        )
                    ], dotRadius: 5)
            }
        }
        let chart = LineChart(
            label: "Energy against time to the target", unit: "J to the target (modelled)", xLabel: "s to the target (modelled)",
            series: lines + dots, fromZero: false, xScale: .logarithmic, yScale: .logarithmic)
        return Figure.Panel(
            title: "Energy against time", chart: chart, legend: entries.enumerated().map { ($1.label, seriesKind($0)) })
    }
}
