/// What a choice of bits costs with half of a device's time for training and half for sending, and with the optimal split: so that what
/// bits save and what the split saves stand apart.
package struct SchemePair: Sendable {
    /// `on-demand`, `fixed-8`, `fedavg-32`, ...
    package let name: String
    /// Records of earlier versions have one of the two.
    package let even: SchemeAverage?
    /// With the optimal split.
    package let optimal: SchemeAverage?
    /// The optimal one where there is one: bits, bytes and errors are those of both.
    package let shown: SchemeAverage

    /// How many times less energy the optimal split takes.
    package var splitSaves: Double? {
        guard let even, let optimal else { return nil }
        return Self.ratio(even.energyTotalJoules, optimal.energyTotalJoules)
    }

    /// How many times less energy these bits take than those of `reference`, with the same split.
    package func bitsSave(against reference: SchemePair?) -> Double? {
        if let other = reference?.optimal, let optimal { return Self.ratio(other.energyTotalJoules, optimal.energyTotalJoules) }
        guard let other = reference?.even, let even else { return nil }
        return Self.ratio(other.energyTotalJoules, even.energyTotalJoules)
    }

    private static func ratio(_ other: Double, _ own: Double) -> Double? { own > 0 ? other / own : nil }
}

extension [SchemeAverage] {
    /// One for each choice of bits, in the order of the averages.
    package var pairs: [SchemePair] {
        map(\.bitsName).uniqued().compactMap { name in
            let members = filter { $0.bitsName == name }
            guard let shown = members.first(where: \.splitsOptimally) ?? members.first else { return nil }
            return SchemePair(
                name: name, even: members.first { !$0.splitsOptimally }, optimal: members.first(where: \.splitsOptimally),
                shown: shown)
        }
    }
}

extension [SchemePair] {
    /// What the others are compared with: FedAvg, exact values.
    package var reference: SchemePair? { first { $0.name == "fedavg-32" } }
}

extension SchemeAverage {
    /// The scheme without its split.
    fileprivate var bitsName: String {
        for suffix in ["-optimal", "-even"] where scheme.hasSuffix(suffix) { return String(scheme.dropLast(suffix.count)) }
        return scheme
    }

    /// On demand says so where its split is even, the others where it is optimal.
    fileprivate var splitsOptimally: Bool {
        scheme.hasSuffix("-optimal") || scheme.hasPrefix("on-demand") && !scheme.hasSuffix("-even")
    }
}
