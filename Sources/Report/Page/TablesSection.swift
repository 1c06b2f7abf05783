import Records

/// The numbers behind the charts: a line for each round, and the lines of `devices.jsonl` that links lead to.
struct TablesSection {
    let run: ReportInput
    let anchors: ReportAnchors

    func html() -> String { roundsTable + devicesTable }

    private var roundsTable: String {
        guard !run.rounds.isEmpty else { return "" }
        let columns =
            ["round", "loss"] + (showsDistances ? ["KID", "Frechet"] : []) + ["energy", "compute", "radio"] + ledgerColumns
            + ["upload", "bits", "error (rel)", "devices", "time", "wall"]
        return section(
            "Rounds", id: anchors.rounds,
            note: "Energy, CO2 and time modelled; wall is this simulation. A round's number leads to its devices.",
            columns: columns, rows: run.rounds.map(roundRow))
    }

    private func roundRow(_ row: RoundRecord) -> String {
        cells(
            [
                SVG.link(to: anchors.round(row.round), "\(row.round)"), row.loss.map(Quantity.scientific) ?? "–",
            ] + distanceCells(row.distances) + [
                Quantity.energy(row.energyTotalJoules), Quantity.energy(row.energyComputeJoules),
                Quantity.energy(row.energyCommunicationJoules),
            ] + ledgerCells(row.energyDownloadJoules, row.energyIdleJoules, row.energySystemJoules, row.co2Grams) + [
                Quantity.bytes(Double(row.uploadBytes)), Quantity.scientific(row.bitsMean),
                Quantity.scientific(row.quantizationErrorRelative),
                "\(row.devicesAccepted) of \(row.devicesSelected)", Quantity.time(row.roundTimeSeconds),
                Quantity.time(row.wallSeconds),
            ], id: nil)
    }

    private var showsDistances: Bool { run.rounds.contains { $0.distances != nil } }

    private func distanceCells(_ distances: ImageDistances?) -> [String] {
        showsDistances ? [distances?.kidText ?? "–", distances.map { Quantity.scientific($0.frechet) } ?? "–"] : []
    }

    /// The rest of the energy ledger, where the run has it.
    private var ledgerColumns: [String] {
        (run.countsWholeSystem ? ["downlink", "idle", "all energy"] : []) + (run.countsCO2 ? ["CO2"] : [])
    }

    private func ledgerCells(_ download: Double?, _ idle: Double?, _ system: Double?, _ grams: Double?) -> [String] {
        func shown(_ value: Double?, _ format: (Double) -> String) -> String { value.map(format) ?? "–" }
        let energies = run.countsWholeSystem ? [download, idle, system].map { shown($0, Quantity.energy) } : []
        return energies + (run.countsCO2 ? [shown(grams, Quantity.mass)] : [])
    }

    private var devicesTable: String {
        guard !run.devices.isEmpty else { return "" }
        let shown = anchors.shownRows(of: run.devices)
        let note =
            shown.lowerBound > 0
            ? "Lines \(shown.lowerBound + 1) to \(shown.upperBound) of devices.jsonl; the older ones are in the file."
            : "All lines of devices.jsonl; energy, CO2 and time modelled."
        let columns =
            ["line", "round", "device", "status", "bits", "upload", "distance", "fade", "f", "P", "compute", "radio", "energy"]
            + ledgerColumns + ["error", "demand"]
        return section(
            "Devices", id: nil, kind: "lines", note: note, columns: columns,
            rows: shown.map { deviceRow(run.devices[$0], index: $0) })
    }

    private func deviceRow(_ row: DeviceRecord, index: Int) -> String {
        func shown(_ value: Double?, _ format: (Double) -> String) -> String { value.map(format) ?? "–" }
        let planned = row.bitsPlanned.map(String.init) ?? "–"
        let bits = row.bits.map { "\($0)" == planned ? planned : "\($0) (planned \(planned))" } ?? planned
        let energy = row.energyComputeJoules.map { $0 + (row.energyCommunicationJoules ?? 0) }
        let status = HTMLText.escape(row.status.rawValue + (row.outageAction.map { ", \($0.rawValue)" } ?? ""))
        let reason = row.reason.map { "<abbr title=\"\(HTMLText.escape($0))\">\(status)</abbr>" }
        return cells(
            [
                "\(index + 1)", "\(row.round)", HTMLText.escape(row.label), reason ?? status, bits,
                shown(row.payloadBytes.map(Double.init), Quantity.bytes), shown(row.distanceMetres, Quantity.distance),
                shown(row.fading, Quantity.scientific), shown(row.frequencyHertz, Quantity.frequency),
                shown(row.powerWatts, Quantity.power),
                shown(row.timeComputeSeconds, Quantity.time), shown(row.timeCommunicationSeconds, Quantity.time),
                shown(energy, Quantity.energy),
            ] + ledgerCells(row.energyDownloadJoules, row.energyIdleJoules, row.energySystemJoules, row.co2Grams) + [
                shown(row.errorCertificate, Quantity.scientific), shown(row.errorDemand, Quantity.scientific),
            ], id: anchors.line(index))
    }

    /// `values` are markup already.
    private func cells(_ values: [String], id: String?) -> String {
        let attribute = id.map { " id=\"\(HTMLText.escape($0))\"" } ?? ""
        return "<tr\(attribute)>" + values.map { "<td>\($0)</td>" }.joined() + "</tr>\n"
    }

    private func section(
        _ title: String, id: String?, kind: String = "", note: String, columns: [String], rows: [String]
    ) -> String {
        let heads = columns.map { "<th scope=\"col\">\(HTMLText.escape($0))</th>" }.joined()
        let attribute = id.map { " id=\"\(HTMLText.escape($0))\"" } ?? ""
        return """
            <section\(attribute)\(kind.isEmpty ? "" : " class=\"\(kind)\"")><h2>\(HTMLText.escape(title))</h2><p>\(HTMLText.escape(note))</p>
            <div class="scroll tall" role="region" aria-label="\(HTMLText.escape(title))" tabindex="0"><table class="data">
            <thead><tr>\(heads)</tr></thead><tbody>
            \(rows.joined())</tbody></table></div></section>

            """
    }
}
