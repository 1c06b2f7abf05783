import Records

/// What a meter measured of a run's training, beside the model's figure of the same rounds.
package struct MeasuredRounds {
    /// The rounds that were measured.
    package let rounds: [RoundRecord]
    /// How many the run has.
    private let count: Int

    /// - Returns: nil where no round was measured.
    package init?(_ rounds: [RoundRecord]) {
        let measured = rounds.filter { $0.measured != nil }
        guard !measured.isEmpty else { return nil }
        (self.rounds, count) = (measured, rounds.count)
    }

    /// Above idle, of this machine.
    package var measuredJoules: Double { rounds.reduce(0) { $0 + ($1.energyMeasuredJoules ?? 0) } }
    /// The model's, of training on the devices that the run plans for.
    package var modelledJoules: Double { rounds.reduce(0) { $0 + $1.energyComputeJoules } }
    /// Measured over modelled; nil where the model says 0.
    package var ratio: Double? { modelledJoules > 0 ? measuredJoules / modelledJoules : nil }

    /// Both energies and their ratio in one line.
    package var text: String {
        let idle = Set(rounds.compactMap(\.energyMeasuredIdleWatts)).sorted().map(Quantity.power).joined(separator: ", ")
        return "\(Quantity.energy(measuredJoules)) above idle (\(idle)), modelled \(Quantity.energy(modelledJoules)) of the "
            + "devices' training" + (ratio.map { ", ratio \(Quantity.scientific($0))" } ?? "")
            + "; \(rounds.count) of \(count) rounds"
    }
}
