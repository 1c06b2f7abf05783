import Records

/// Several runs in one table, one set of curves and one row of pictures.
struct ComparisonSection {
    let runs: [ReportInput]

    func html() -> String {
        let columns = self.columns
        return """
            <header><h1>Comparison of \(runs.count) runs</h1>
            <p class="subtitle">Energy is modelled. A run's name leads to its part of the page.</p></header>
            <section><div class="scroll" role="region" aria-label="Runs" tabindex="0"><table class="schemes"><thead><tr>
            \(columns.map { "<th scope=\"col\">\($0.name)</th>" }.joined())</tr></thead><tbody>
            \(runs.indices.map { row($0, of: columns) }.joined())</tbody></table></div>\(note)</section>
            \(ComparisonCharts(runs).html())\(TimelineSection.html(runs))\(DrawingSection.html(runs))
            """
    }

    private struct Column {
        let name: String
        /// One a run, as markup; nil for what a run does not have.
        let cells: [String?]
    }

    /// The run's name, and what at least one run has.
    private var columns: [Column] {
        let progress = runs.map(\.milestones)
        let distances = progress.map { $0.compactMap(\.distances).last }
        let names = runs.indices.map { index -> String? in
            SVG.link(to: "run\(index + 1)", SchemeSection.key(runs[index].title, seriesKind(index)))
        }
        let optional = [
            Column(name: "rounds", cells: runs.map { $0.unit == "round" ? "\($0.rounds.count)" : nil }),
            Column(name: "steps", cells: runs.map { $0.unit == "step" ? "\($0.steps.last?.step ?? 0)" : nil }),
            Column(name: "images", cells: progress.map { $0.last.map { Quantity.count(Int(min($0.images, 1e18))) } }),
            Column(name: "last loss", cells: progress.map { $0.compactMap(\.loss).last.map(Quantity.scientific) }),
            Column(name: "held out", cells: progress.map { $0.compactMap(\.lossHeldOut).last.map(Quantity.scientific) }),
            Column(name: "KID", cells: distances.map { $0?.kidText }),
            Column(name: "Frechet", cells: distances.map { $0.map { Quantity.scientific($0.frechet) } }),
            Column(name: "energy", cells: progress.map { $0.last?.energyJoules.map(Quantity.energy) }),
            Column(name: "upload", cells: progress.map { $0.last?.uploadBytes.map { Quantity.bytes($0) } }),
            Column(name: "bits", cells: runs.map(Self.meanBits)),
        ]
        return [Column(name: "run", cells: names)] + optional.filter { $0.cells.contains { $0 != nil } }
    }

    private func row(_ index: Int, of columns: [Column]) -> String {
        let cells = columns.map { $0.cells[index] ?? "–" }
        return "<tr><th scope=\"row\">\(cells[0])</th>" + cells.dropFirst().map { "<td>\($0)</td>" }.joined() + "</tr>\n"
    }

    private static func meanBits(_ run: ReportInput) -> String? {
        let bits = run.rounds.filter { $0.devicesAccepted > 0 }.map(\.bitsMean)
        return bits.isEmpty ? nil : Quantity.scientific(bits.reduce(0, +) / Double(bits.count))
    }

    /// What distances can be compared.
    private var note: String {
        let counts = Set(runs.compactMap { $0.milestones.compactMap(\.distances).last?.imageCount }).sorted()
        guard !counts.isEmpty else { return "" }
        let numbers =
            counts.count == 1
            ? "\(counts[0]) images a side"
            : "\(counts.map(String.init).joined(separator: ", ")) images a side, which do not compare"
        return
            "<p class=\"below\">KID and Frechet distance of each run's last evaluation: \(numbers). Compare them only where network "
            + "and reference are the same, too.</p>"
    }
}
