import Records

/// What an average round cost under each scheme, as text.
package enum SchemeTable {
    /// One line a scheme below the heading, columns aligned: bytes and joules of a round, these with the even and the optimal split of devices'
    /// time and with downlink and idle besides, and what bits and the split save. Fits 120 columns.
    package static func text(_ schemes: [SchemeAverage]) -> String {
        let pairs = schemes.pairs
        let hasModels = pairs.contains { $0.shown.energyLawJoules != nil }
        let heading =
            [
                "scheme", "bits", "upload", "even", "optimal", "compute / radio", "system", "error", "by bits", "by split",
            ] + (hasModels ? ["tau f³"] : [])
        return TextTable.text([heading] + pairs.map { row($0, reference: pairs.reference) + (hasModels ? [law($0)] : []) })
    }

    private static func law(_ pair: SchemePair) -> String { pair.shown.energyLawJoules.map(Quantity.energy) ?? "-" }

    private static func row(_ pair: SchemePair, reference: SchemePair?) -> [String] {
        let shown = pair.shown
        func energy(_ average: SchemeAverage?) -> String { average.map { Quantity.energy($0.energyTotalJoules) } ?? "-" }
        func ratio(_ value: Double?) -> String { value.map { "\(Quantity.significant($0))x" } ?? "-" }
        return [
            pair.name, Quantity.significant(shown.bitsMean), Quantity.bytes(Int(shown.uploadBytes)), energy(pair.even),
            energy(pair.optimal),
            "\(Quantity.energy(shown.energyComputeJoules)) / \(Quantity.energy(shown.energyCommunicationJoules))",
            shown.energyBesidesJoules.map { Quantity.energy(shown.energyTotalJoules + $0) } ?? "-",
            Quantity.significant(shown.errorAbsolute), ratio(pair.bitsSave(against: reference)), ratio(pair.splitSaves),
        ]
    }

    /// Which devices' rounds the table is over; nil where the records do not say.
    package static func coverage(_ schemes: [SchemeAverage]) -> String? {
        guard let first = schemes.first, let compared = first.deviceRoundsCompared, let trained = first.deviceRoundsTrained else {
            return nil
        }
        guard compared < trained else { return "all \(trained) device rounds; every scheme can serve them" }
        return "\(compared) of \(trained) device rounds: those that every scheme can serve" + unserved(schemes)
    }

    /// Whom a scheme leaves out, by name as far as a line holds.
    private static func unserved(_ schemes: [SchemeAverage]) -> String {
        let lists = schemes.compactMap { scheme -> String? in
            guard scheme.devicesInfeasible > 0 else { return nil }
            let names = scheme.devicesUnserved ?? []
            let more = names.count > shownNames ? " and \(names.count - shownNames) more" : ""
            let shown = names.prefix(shownNames).joined(separator: ", ")
            let devices = names.isEmpty ? "" : " (device\(names.count == 1 ? "" : "s") \(shown)\(more))"
            return "\(scheme.scheme) cannot serve \(scheme.devicesInfeasible)\(devices)"
        }
        return lists.isEmpty ? "" : "; " + lists.joined(separator: ", ")
    }

    private static let shownNames = 5
}
