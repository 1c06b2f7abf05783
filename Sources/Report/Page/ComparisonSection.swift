import Records

/// Several runs in one table and one set of curves.
enum ComparisonSection {
    static func html(_ runs: [ReportInput]) -> String {
        let rows = runs.enumerated().map { index, run in
            row(run, kind: "series-\(index % 6)", anchor: run.rounds.isEmpty ? nil : "run\(index + 1)-rounds")
        }
        return """
            <header><h1>Comparison of \(runs.count) runs</h1></header>
            <section><div class="scroll" role="region" aria-label="Runs" tabindex="0"><table class="schemes"><thead><tr>
            <th scope="col">run</th><th scope="col">rounds</th><th scope="col">last loss</th><th scope="col">energy, modelled</th>
            <th scope="col">upload</th><th scope="col">bits</th></tr></thead><tbody>
            \(rows.joined())</tbody></table></div>
            <div class="charts">\(charts(runs))</div></section>

            """
    }

    private static func charts(_ runs: [ReportInput]) -> String {
        let energy = runs.map { $0.rounds.reduce(0) { $0 + $1.energyTotalJoules } }.max() ?? 0
        let upload = runs.map { $0.rounds.reduce(0) { $0 + Double($1.uploadBytes) } }.max() ?? 0
        let energyUnit = Quantity.axisUnit("J", largest: energy)
        let uploadUnit = Quantity.axisUnit("B", largest: upload)
        return chart("Loss by round", runs, xLabel: "round") { rounds in rounds.map { Double($0.round) } }
            + chart("Loss by energy spent, modelled", runs, xLabel: energyUnit.name) {
                cumulative($0) { $0.energyTotalJoules / energyUnit.size }
            }
            + chart("Loss by bytes uploaded", runs, xLabel: uploadUnit.name) {
                cumulative($0) { Double($0.uploadBytes) / uploadUnit.size }
            }
    }

    private static func row(_ run: ReportInput, kind: String, anchor: String?) -> String {
        let energy = run.rounds.reduce(0) { $0 + $1.energyTotalJoules }
        let upload = run.rounds.reduce(0) { $0 + Double($1.uploadBytes) }
        let bits = run.rounds.filter { $0.devicesAccepted > 0 }.map(\.bitsMean)
        let meanBits = bits.isEmpty ? "–" : Quantity.scientific(bits.reduce(0, +) / Double(bits.count))
        return """
            <tr><th scope="row">\(SVG.link(to: anchor, SchemeSection.key(run.title, kind)))</th><td>\(run.rounds.count)</td>
            <td>\(run.rounds.compactMap(\.loss).last.map(Quantity.scientific) ?? "–")</td><td>\(Quantity.energy(energy))</td>
            <td>\(Quantity.bytes(upload))</td><td>\(meanBits)</td></tr>

            """
    }

    private static func cumulative(_ rounds: [RoundRecord], _ value: (RoundRecord) -> Double) -> [Double] {
        var sum = 0.0
        return rounds.map { row in
            sum += value(row)
            return sum
        }
    }

    private static func chart(
        _ title: String, _ runs: [ReportInput], xLabel: String, x: ([RoundRecord]) -> [Double]
    ) -> String {
        let series = runs.enumerated().map { index, run in
            LineChart.Series(
                name: run.title, kind: "series-\(index % 6)",
                points: zip(run.rounds, x(run.rounds)).compactMap { row, position in
                    row.loss.map {
                        LineChart.Point(
                            x: position, y: $0, title: "\(run.title), round \(row.round): loss \(Quantity.scientific($0))")
                    }
                })
        }
        let svg = LineChart(label: title, unit: "mean squared error", xLabel: xLabel, series: series, fromZero: false).svg()
        return svg.isEmpty
            ? "" : "<figure class=\"card\"><figcaption><b>\(HTMLText.escape(title))</b></figcaption>\(svg)</figure>"
    }
}
