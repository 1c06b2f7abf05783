import Records

/// What an average round cost under each scheme, as text.
package enum SchemeTable {
    /// One line a scheme below the heading, columns aligned.
    package static func text(_ schemes: [SchemeAverage]) -> String {
        let heading = ["scheme", "bits", "upload/round", "energy/round", "compute / radio", "error (abs)", "vs FedAvg-32"]
        return TextTable.text(
            [heading]
                + schemes.map { scheme in
                    [
                        scheme.scheme, Quantity.significant(scheme.bitsMean), Quantity.bytes(Int(scheme.uploadBytes)),
                        Quantity.energy(scheme.energyTotalJoules),
                        "\(Quantity.energy(scheme.energyComputeJoules)) / \(Quantity.energy(scheme.energyCommunicationJoules))",
                        Quantity.significant(scheme.errorAbsolute),
                        schemes.saving(of: scheme).map { "\(Quantity.significant($0))x" } ?? "",
                    ]
                })
    }
}
