/// One run's part of the page: pictures first, then the schemes, the curves, the tables, the configuration.
struct RunSection {
    let run: ReportInput
    /// Keeps the anchors of several runs apart.
    let prefix: String

    func html() -> String {
        header + pictures + SchemeSection(run: run, roundsAnchor: roundsAnchor).html()
            + StepsSection.html(run) + CurvesSection(run: run, anchors: anchors).html()
            + MeasuredSection(run: run, anchors: anchors).html()
            + TablesSection(run: run, anchors: anchors).html() + footerFields
    }

    private var anchors: ReportAnchors { ReportAnchors(run: run, prefix: prefix) }
    private var roundsAnchor: String? { run.rounds.isEmpty ? nil : anchors.rounds }

    /// Those to go through are with other runs' where the page has several.
    private var pictures: String {
        SamplesSection.html(run.samples)
            + (prefix.isEmpty ? TimelineSection.html([run]) + DrawingSection.html([run]) : "")
    }

    private var header: String {
        """
        <header\(prefix.isEmpty ? "" : " id=\"\(prefix.dropLast())\"")><h1>\(HTMLText.escape(run.title))</h1>
        <p class="subtitle">\(HTMLText.escape(run.subtitle))</p>
        <dl class="tiles">\(tiles.map(Self.tile).joined())</dl></header>

        """
    }

    private struct Tile {
        let name: String
        let value: String
        let note: String
    }

    private static func tile(_ tile: Tile) -> String {
        "<div><dt>\(HTMLText.escape(tile.name))</dt><dd>\(HTMLText.escape(tile.value))"
            + "<small>\(HTMLText.escape(tile.note))</small></dd></div>\n"
    }

    /// The few numbers to remember.
    private var tiles: [Tile] {
        guard !run.rounds.isEmpty else { return distanceTiles }
        let count = Double(run.rounds.count)
        var tiles: [Tile] = []
        let losses = run.rounds.compactMap(\.loss)
        if let first = losses.first, let last = losses.last {
            tiles.append(
                Tile(name: "Training loss", value: Quantity.scientific(last), note: "from \(Quantity.scientific(first))"))
        }
        tiles += distanceTiles
        let energy = run.rounds.reduce(0) { $0 + $1.energyTotalJoules }
        tiles.append(
            Tile(
                name: "Energy a round", value: Quantity.energy(energy / count),
                note: "modelled\(leftOutOfTable); \(Quantity.energy(energy)) in all"))
        if run.countsWholeSystem {
            let system = run.rounds.reduce(0) { $0 + ($1.energySystemJoules ?? 0) }
            tiles.append(
                Tile(
                    name: "With downlink and idle", value: Quantity.energy(system / count),
                    note: "a round, modelled; \(Quantity.energy(system)) in all"))
        }
        if run.countsCO2 {
            let grams = run.rounds.reduce(0) { $0 + ($1.co2Grams ?? 0) }
            tiles.append(
                Tile(name: "CO2 a round", value: Quantity.mass(grams / count), note: "modelled; \(Quantity.mass(grams)) in all")
            )
        }
        let upload = run.rounds.reduce(0) { $0 + Double($1.uploadBytes) }
        tiles.append(
            Tile(name: "Upload a round", value: Quantity.bytes(upload / count), note: "\(Quantity.bytes(upload)) in all"))
        let bits = run.rounds.filter { $0.devicesAccepted > 0 }.map(\.bitsMean)
        if !bits.isEmpty {
            let mean = bits.reduce(0, +) / Double(bits.count)
            tiles.append(Tile(name: "Bits a parameter", value: Quantity.scientific(mean), note: "mean of accepted devices"))
        }
        let pairs = run.schemes.pairs
        if let own = pairs.first(where: { $0.shown.scheme == run.schemeName }), let reference = pairs.reference,
            own.name != reference.name, let ratio = own.bitsSave(against: reference)
        {
            let split = own.splitSaves.map { "; the split saves \(Quantity.scientific($0))×" } ?? ""
            tiles.append(
                Tile(
                    name: "Bits, against \(reference.name)", value: "\(Quantity.scientific(ratio))×", note: "less energy\(split)")
            )
        }
        return tiles
    }

    /// Where the table of schemes is over fewer devices than the tiles.
    private var leftOutOfTable: String {
        guard let first = run.schemes.first, let compared = first.deviceRoundsCompared, let trained = first.deviceRoundsTrained,
            compared < trained
        else { return "" }
        return ", of all devices: more than the table's"
    }

    /// How far the images of the last evaluation are from real ones.
    private var distanceTiles: [Tile] {
        let evaluations = run.milestones.compactMap(\.distances)
        guard let last = evaluations.last, let first = evaluations.first(where: last.compares) else { return [] }
        let images = "\(last.imageCount) images a side"
        func note(_ text: String?) -> String { (text.map { "from \($0), " } ?? "") + images }
        let kid = last.kidMean.map { mean in
            Tile(name: "KID", value: Quantity.scientific(mean), note: note(first.kidMean.map(Quantity.scientific)))
        }
        let frechet = Tile(
            name: "Frechet distance", value: Quantity.scientific(last.frechet), note: note(Quantity.scientific(first.frechet)))
        return [kid, frechet].compactMap(\.self)
    }

    private var footerFields: String {
        var result = ""
        if !run.configuration.isEmpty {
            let again =
                run.steps.isEmpty
                ? "Runs the same again: <code>greendiff train --config config.yaml</code>" : "The run's settings"
            result += """
                <section><h2>Configuration</h2><p>\(again)</p>
                <pre tabindex="0">\(HTMLText.escape(run.configuration))</pre></section>

                """
        }
        guard !run.environment.isEmpty else { return result }
        let rows = run.environment.map {
            "<tr><th scope=\"row\">\(HTMLText.escape($0.name))</th><td>\(HTMLText.escape($0.value))</td></tr>\n"
        }
        return result + "<section><h2>Environment</h2><table class=\"fields\"><tbody>\(rows.joined())</tbody></table></section>\n"
    }
}
