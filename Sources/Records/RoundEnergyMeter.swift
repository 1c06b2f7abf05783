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
