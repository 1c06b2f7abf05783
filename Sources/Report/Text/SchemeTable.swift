import Records

/// What an average round cost under each scheme, as text.
package enum SchemeTable {
    /// One line a scheme below the heading, columns aligned.
    package static func text(_ schemes: [SchemeAverage]) -> String {
        let heading = [
            "scheme", "split", "bits", "upload/round", "energy/round", "compute / radio", "error (abs)", "vs FedAvg-32",
        ]
        return TextTable.text(
            [heading]
                + schemes.map { scheme in
                    [
                        scheme.scheme, scheme.split, Quantity.significant(scheme.bitsMean),
                        Quantity.bytes(Int(scheme.uploadBytes)),
                        Quantity.energy(scheme.energyTotalJoules),
                        "\(Quantity.energy(scheme.energyComputeJoules)) / \(Quantity.energy(scheme.energyCommunicationJoules))",
                        Quantity.significant(scheme.errorAbsolute),
                        schemes.saving(of: scheme).map { "\(Quantity.significant($0))x" } ?? "",
                    ]
                })
    }

    /// Which devices' rounds the table is over; nil where the records do not say.
    package static func coverage(_ schemes: [SchemeAverage]) -> String? {
        guard let first = schemes.first, let compared = first.deviceRoundsCompared, let trained = first.deviceRoundsTrained else {
            return nil
        }
        guard compared < trained else { return "all \(trained) device rounds; every scheme can serve them" }
        let served = schemes.map { "\($0.scheme) \(trained - $0.devicesInfeasible)" }.joined(separator: ", ")
        return "\(compared) of \(trained) device rounds: those that every scheme can serve; served: \(served)"
    }
}
