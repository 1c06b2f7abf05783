/// `tau` from measured energies: `E = P0*t + tau*f^2*c` with the idle power `P0`, `t` seconds and `c` clock cycles at `f` Hz.
package struct EnergyFit: Equatable {
    /// One stretch of work.
    package struct Point: Equatable {
        package let joules: Double
        package let seconds: Double
        package let frequencyHertz: Double

        package init(joules: Double, seconds: Double, frequencyHertz: Double) {
            (self.joules, self.seconds, self.frequencyHertz) = (joules, seconds, frequencyHertz)
        }

        /// Clock cycles, `f*t`: those of the model, in which all cores together take one.
        package var cycles: Double { frequencyHertz * seconds }
    }

    package let energyCoefficient: Double

    /// Least squares over the points, through the idle power.
    ///
    /// - Returns: nil where the work took no more than the idle power, or there are no points.
    package init?(points: [Point], idleWatts: Double) {
        var (upper, lower) = (0.0, 0.0)
        for point in points {
            let x = point.frequencyHertz * point.frequencyHertz * point.cycles
            upper += x * (point.joules - idleWatts * point.seconds)
            lower += x * x
        }
        guard lower > 0, upper > 0 else { return nil }
        energyCoefficient = upper / lower
    }
}
