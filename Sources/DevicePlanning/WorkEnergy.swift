import Energy
import FedRuntime

/// What a stretch of work without a deadline costs a device of a profile: for images that are drawn on it.
package struct WorkEnergy: Sendable, Equatable {
    /// Work at one mean frequency.
    package struct Choice: Sendable, Equatable {
        package let frequencyHertz: Double
        package let seconds: Double
        package let joules: Double
    }

    /// The profile's name.
    package let profile: String
    /// The form of the processor's power that the energies are of.
    package let energyModel: EnergyModel
    /// At the frequency that spends the least.
    package let cheapest: Choice
    /// At the highest frequency.
    package let fastest: Choice

    /// - Parameters:
    ///   - flops: operations executed.
    ///   - name: of a profile.
    /// - Throws: `DeviceError` for a name that is no profile, `EnergyInputError` for work outside what the models accept.
    package init(flops: Double, profile name: String) throws {
        let profile = try DeviceProfile.named(name)
        let power = profile.processor.power(.table, frequencyMaxHertz: profile.frequencyMaxHertz)
        let compute = try ComputeModel(
            samplesPerIteration: 1, cyclesPerSample: flops / profile.flopsPerCycle, power: power,
            frequencyMinHertz: profile.frequencyMinHertz, frequencyMaxHertz: profile.frequencyMaxHertz)
        func choice(_ hertz: Double) -> Choice {
            Choice(
                frequencyHertz: hertz, seconds: compute.timeSeconds(frequencyHertz: hertz),
                joules: compute.energyJoules(frequencyHertz: hertz))
        }
        self.profile = profile.name
        energyModel = power.form
        fastest = choice(compute.frequencyMaxHertz)
        let slowest: Double =
            if case .table(let points) = power { points.cheapestCyclesPerSecond() } else { compute.frequencyMinHertz }
        cheapest = choice(slowest)
    }
}
