/// What a meter says that this machine drew while the devices of a round trained in it.
public struct MeasuredEnergy: Sendable, Equatable {
    /// Above idle, in joules; noise can make it negative where training takes next to nothing.
    public let joules: Double
    /// Power of the machine without the run, which was subtracted.
    public let idleWatts: Double
    /// Samples of the meter that fell into the training.
    public let samples: Int

    package init(joules: Double, idleWatts: Double, samples: Int) {
        (self.joules, self.idleWatts, self.samples) = (joules, idleWatts, samples)
    }
}

extension RoundRecord {
    /// Nil in rounds that no meter measured.
    package var measured: MeasuredEnergy? {
        get {
            guard let energyMeasuredJoules, let energyMeasuredIdleWatts, let measuredSamples else { return nil }
            return MeasuredEnergy(
                joules: energyMeasuredJoules, idleWatts: energyMeasuredIdleWatts, samples: measuredSamples)
        }
        set {
            (energyMeasuredJoules, energyMeasuredIdleWatts) = (newValue?.joules, newValue?.idleWatts)
            measuredSamples = newValue?.samples
        }
    }
}

/// Measures what this machine draws while it trains the devices of a run.
package protocol RoundEnergyMeter: AnyObject {
    /// Measures a round that has just ended, once.
    ///
    /// - Parameter stretches: when devices trained, in seconds since 1970, by rising time.
    /// - Returns: nil where the round cannot be measured, or not yet.
    /// - Throws: where the meter cannot have measured this run at all.
    func measure(round: Int, stretches: [ClosedRange<Double>]) throws -> MeasuredEnergy?

    /// Energy by round of those that could not be measured when they ended, now that the run ends or pauses.
    func measureRest() -> [Int: MeasuredEnergy]

    /// What a person should know of the rounds since the last call, a line each.
    func takeNotices() -> [String]
}
