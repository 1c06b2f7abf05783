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
