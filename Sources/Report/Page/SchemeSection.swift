/// "Was it worth it?": what each scheme costs a round.
struct SchemeSection {
    let schemes: [SchemeRow]
    /// Where the run's own rounds are, if the page has any.
    let roundsAnchor: String?

    func html() -> String {
        guard !schemes.isEmpty else { return "" }
        return """
            <section><h2>Was it worth it?</h2>
            <p>One round on average; energy is modelled. The other schemes are planned for the same devices and really encode the same
            updates, without training again.</p>
            <div class="scroll" role="region" aria-label="Scheme comparison" tabindex="0"><table class="schemes"><thead><tr>
            <th scope="col">scheme</th><th scope="col">bits</th><th scope="col">upload / round</th><th scope="col">energy / round</th>
            <th scope="col" class="wide">\(Self.key("compute", "compute")) / \(Self.key("radio", "radio"))</th>
            <th scope="col">error (abs)</th><th scope="col">vs \(HTMLText.escape(reference?.scheme ?? "FedAvg-32"))</th></tr></thead>
            <tbody>
            \(schemes.map(row).joined())</tbody></table></div></section>

            """
    }

    static func key(_ name: String, _ kind: String) -> String { "<span class=\"key \(kind)\"></span>\(HTMLText.escape(name))" }

    private var reference: SchemeRow? { schemes.first(where: \.isReference) }

    private func row(_ scheme: SchemeRow) -> String {
        let highest = schemes.map(\.energyTotalJoules).max() ?? 0
        let share = { (joules: Double) in highest > 0 && joules.isFinite ? max(0, 100 * joules / highest) : 0 }
        let (compute, radio) = (scheme.energyComputeJoules, scheme.energyCommunicationJoules)
        let ratio = reference.flatMap { reference in
            scheme.energyTotalJoules > 0 ? reference.energyTotalJoules / scheme.energyTotalJoules : nil
        }
        let name = HTMLText.escape(scheme.scheme)
        let label = scheme.isThisRun ? "\(SVG.link(to: roundsAnchor, name)) <em>this run</em>" : name
        return """
            <tr\(scheme.isThisRun ? " class=\"own\"" : "")><th scope="row">\(label)</th><td>\(UnitText.bits(scheme.bits))</td>
            <td>\(UnitText.bytes(scheme.uploadBytes))</td><td>\(UnitText.joules(scheme.energyTotalJoules))</td>
            <td class="wide"><span class="split"><span class="compute" style="width:\(SVG.number(share(compute)))%"></span><span
            class="radio" style="width:\(SVG.number(share(radio)))%"></span></span>
            <small>\(UnitText.joules(compute)) / \(UnitText.joules(radio))</small></td>
            <td>\(UnitText.plain(scheme.errorAbsolute))</td><td><strong>\(ratio.map { "\(UnitText.plain($0))×" } ?? "–")</strong></td></tr>

            """
    }
}
