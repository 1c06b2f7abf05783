import Records

/// What each scheme costs a round, beside the run's own.
struct SchemeSection {
    let run: ReportInput
    /// Where the run's own rounds are, if the page has any.
    let roundsAnchor: String?

    private var schemes: [SchemeAverage] { run.schemes }
    private var pairs: [SchemePair] { run.schemes.pairs }

    func html() -> String {
        guard !schemes.isEmpty else { return "" }
        return """
            <section><h2>Comparison of schemes</h2>
            <p>One round on average; energy is modelled. The other schemes are planned for the same devices, with the sizes that the same
            updates have when they are encoded, without training again. An even split gives half of a device's time to training and half
            to sending; bits save against FedAvg with the same split. The last energy adds receiving the model and waiting.\(coverage)</p>
            <div class="scroll" role="region" aria-label="Scheme comparison" tabindex="0"><table class="schemes"><thead><tr>
            <th scope="col">scheme</th><th scope="col">bits</th><th scope="col">upload / round</th><th scope="col">even split</th>
            <th scope="col">optimal split</th><th scope="col">bits save</th><th scope="col">split saves</th>
            \(hasModels ? "<th scope=\"col\">by tau f³</th>" : "")<th
            scope="col" class="wide">\(Self.key("compute", "compute")) / \(Self.key("radio", "radio"))</th>
            <th scope="col">with downlink, idle</th><th scope="col">error (abs)</th></tr></thead>
            <tbody>
            \(pairs.map(row).joined())</tbody></table></div></section>

            """
    }

    static func key(_ name: String, _ kind: String) -> String { "<span class=\"key \(kind)\"></span>\(HTMLText.escape(name))" }

    private var coverage: String {
        SchemeTable.coverage(schemes).map { " The averages are over \(HTMLText.escape($0))." } ?? ""
    }

    private var hasModels: Bool { pairs.contains { $0.shown.energyLawJoules != nil } }

    /// What the paper's law says of the same round, where devices have other models.
    private func law(_ pair: SchemePair) -> String {
        hasModels ? "<td>\(pair.shown.energyLawJoules.map(Quantity.energy) ?? "–")</td>" : ""
    }

    private func row(_ pair: SchemePair) -> String {
        let shown = pair.shown
        let highest = pairs.map(\.shown.energyTotalJoules).max() ?? 0
        let share = { (joules: Double) in highest > 0 && joules.isFinite ? max(0, 100 * joules / highest) : 0 }
        let (compute, radio) = (shown.energyComputeJoules, shown.energyCommunicationJoules)
        let isThisRun = [pair.even, pair.optimal].contains { $0?.scheme == run.schemeName }
        let name = HTMLText.escape(pair.name)
        let label = isThisRun ? "\(SVG.link(to: roundsAnchor, name)) <em>this run</em>" : name
        func energy(_ average: SchemeAverage?) -> String { average.map { Quantity.energy($0.energyTotalJoules) } ?? "–" }
        func ratio(_ value: Double?) -> String { value.map { "\(Quantity.scientific($0))×" } ?? "–" }
        return """
            <tr\(isThisRun ? " class=\"own\"" : "")><th scope="row">\(label)</th><td>\(Quantity.number(shown.bitsMean))</td>
            <td>\(Quantity.bytes(shown.uploadBytes))</td><td>\(energy(pair.even))</td><td>\(energy(pair.optimal))</td>
            <td><strong>\(ratio(pair.bitsSave(against: pairs.reference)))</strong></td><td>\(ratio(pair.splitSaves))</td>\(law(pair))
            <td class="wide"><span class="split"><span class="compute" style="width:\(SVG.number(share(compute)))%"></span><span
            class="radio" style="width:\(SVG.number(share(radio)))%"></span></span>
            <small>\(Quantity.energy(compute)) / \(Quantity.energy(radio))</small></td>
            <td>\(shown.energyBesidesJoules.map { Quantity.energy(shown.energyTotalJoules + $0) } ?? "–")</td>
            <td>\(Quantity.scientific(shown.errorAbsolute))</td></tr>

            """
    }
}
