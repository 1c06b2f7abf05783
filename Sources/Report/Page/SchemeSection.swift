import Records

/// What each scheme costs a round, beside the run's own.
struct SchemeSection {
    let run: ReportInput
    /// Where the run's own rounds are, if the page has any.
    let roundsAnchor: String?

    private var schemes: [SchemeAverage] { run.schemes }

    func html() -> String {
        guard !schemes.isEmpty else { return "" }
        return """
            <section><h2>Comparison of schemes</h2>
            <p>One round on average; energy is modelled. The other schemes are planned for the same devices, with the sizes that the same
            updates have when they are encoded, without training again. An even split gives half of a device's time to training and half
            to sending.\(coverage)</p>
            <div class="scroll" role="region" aria-label="Scheme comparison" tabindex="0"><table class="schemes"><thead><tr>
            <th scope="col">scheme</th><th scope="col">split</th><th scope="col">bits</th><th scope="col">upload / round</th><th scope="col">energy / round</th>
            <th scope="col" class="wide">\(Self.key("compute", "compute")) / \(Self.key("radio", "radio"))</th>
            <th scope="col">error (abs)</th><th scope="col">vs \(HTMLText.escape(reference?.scheme ?? "FedAvg-32"))</th></tr></thead>
            <tbody>
            \(schemes.map(row).joined())</tbody></table></div></section>

            """
    }

    static func key(_ name: String, _ kind: String) -> String { "<span class=\"key \(kind)\"></span>\(HTMLText.escape(name))" }

    private var coverage: String {
        SchemeTable.coverage(schemes).map { " The averages are over \(HTMLText.escape($0))." } ?? ""
    }

    private var reference: SchemeAverage? { schemes.first(where: \.isReference) }

    private func row(_ scheme: SchemeAverage) -> String {
        let highest = schemes.map(\.energyTotalJoules).max() ?? 0
        let share = { (joules: Double) in highest > 0 && joules.isFinite ? max(0, 100 * joules / highest) : 0 }
        let (compute, radio) = (scheme.energyComputeJoules, scheme.energyCommunicationJoules)
        let ratio = schemes.saving(of: scheme)
        let isThisRun = scheme.scheme == run.schemeName
        let name = HTMLText.escape(scheme.scheme)
        let label = isThisRun ? "\(SVG.link(to: roundsAnchor, name)) <em>this run</em>" : name
        return """
            <tr\(isThisRun ? " class=\"own\"" : "")><th scope="row">\(label)</th><td>\(scheme.split)</td><td>\(Quantity.number(scheme.bitsMean))</td>
            <td>\(Quantity.bytes(scheme.uploadBytes))</td><td>\(Quantity.energy(scheme.energyTotalJoules))</td>
            <td class="wide"><span class="split"><span class="compute" style="width:\(SVG.number(share(compute)))%"></span><span
            class="radio" style="width:\(SVG.number(share(radio)))%"></span></span>
            <small>\(Quantity.energy(compute)) / \(Quantity.energy(radio))</small></td>
            <td>\(Quantity.scientific(scheme.errorAbsolute))</td><td><strong>\(ratio.map { "\(Quantity.scientific($0))×" } ?? "–")</strong></td></tr>

            """
    }
}
