/// One device's part of the certificate of a shared band: its shadow price of bandwidth, and how far its own split is from the best.
///
/// Both energies are jointly convex in `z = (theta, pi, B)`, so for multipliers of the power limits that are not negative,
/// `E(z') >= E(z) - gap - g*(B' - B)` for every feasible `z'`. Any multiplier gives a true bound; the ones taken here give a tight one.
struct BandCertificate {
    /// `g = -dE/dB`, J/Hz: what one more hertz saves the device. Not negative.
    let shadowPrice: Double
    /// What the split may waste, J.
    let gap: Double

    /// - Parameters:
    ///   - problem: the device on its part of the band.
    ///   - price: the price of bandwidth, J/Hz, which a free multiplier is set to meet.
    init(_ problem: DeviceEnergyProblem, plan: EnergyPlan, price: Double) {
        let split = TimeSplit(problem)
        let radio = problem.radio
        let compute = split.computeMarginal(theta: plan.theta)
        let sending = split.radioMarginal(pi: plan.pi, equations: .corrected)
        let energy = plan.energyCommunicationJoules
        // The shadow price where no power limit is active: sending energy depends on pi*B alone.
        let free = sending * plan.pi / radio.bandwidthHertz
        let range = Self.timePrices(split, theta: plan.theta, compute: compute)
        var timePrice = sending
        var slack = 0.0
        if plan.powerWatts >= radio.powerMaxWatts * (1 - Self.activityTolerance) {
            // lambda*(Ecom - Pmax*t) joins the energy; the price of time is (1 + lambda)*sending + lambda*Pmax*T.
            let full = radio.powerMaxWatts * problem.timeBudgetSeconds
            let multipliers =
                max(0, (range.lowerBound - sending) / (sending + full))...max(0, (range.upperBound - sending) / (sending + full))
            let lambda = free > 0 ? multipliers.clamp(price / free - 1) : multipliers.lowerBound
            timePrice += lambda * (sending + full)
            slack = lambda * abs(full * plan.pi - energy)
            shadowPrice = (1 + lambda) * free
        } else if plan.powerWatts <= radio.powerMinWatts * (1 + Self.activityTolerance) {
            // The larger of two convex energies: of a sending time that fills pi, and of the lowest power; any mean is a lower bound.
            let lowest = LowestPowerSending(problem)
            let weights = min(1, range.lowerBound / sending)...min(1, range.upperBound / sending)
            let difference = free - lowest.shadowPrice
            let weight = difference > 0 ? weights.clamp((price - lowest.shadowPrice) / difference) : weights.upperBound
            timePrice *= weight
            slack = (1 - weight) * abs(lowest.energyJoules - energy)
            shadowPrice = weight * free + (1 - weight) * lowest.shadowPrice
        } else {
            shadowPrice = free
        }
        let gain = ShareMarginals(theta: compute, pi: timePrice).largestGain(
            from: TimeShares(theta: plan.theta, pi: plan.pi), thetaBounds: split.thetaBounds, piBounds: 0...1)
        gap = gain + slack
    }

    /// Within this of a limit its multiplier is free: where the limit is not active after all, the price asks for none.
    private static let activityTolerance = 1e-6

    /// The prices of time at which the processor's share is right: its marginal energy, any lower one at the lowest frequency, any
    /// higher one at the highest.
    private static func timePrices(_ split: TimeSplit, theta: Double, compute: Double) -> ClosedRange<Double> {
        let slowest = theta >= split.thetaBounds.upperBound * (1 - Self.activityTolerance)
        let fastest = theta <= split.thetaBounds.lowerBound * (1 + Self.activityTolerance)
        return (slowest ? 0 : compute)...(fastest ? .greatestFiniteMagnitude : compute)
    }
}

/// Sending at the lowest power for as long as it takes: its energy, and what one more hertz saves.
private struct LowestPowerSending {
    let energyJoules: Double
    let shadowPrice: Double

    init(_ problem: DeviceEnergyProblem) {
        let radio = problem.radio
        let nats = naturalLogarithmOfTwo * problem.payloadBits
        let perSymbol = logarithmOfOnePlus(radio.signalToNoisePerWatt * radio.powerMinWatts)
        energyJoules = radio.powerMinWatts * nats / (radio.bandwidthHertz * perSymbol)
        // d/dB of P*s/(B*y), y = ln(1 + gamma*P/B): y*(1 - (1 - e^-y)/y) = e^-y*phi(y).
        shadowPrice =
            energyJoules / (radio.bandwidthHertz * perSymbol) * exponential(-perSymbol) * marginalShape(perSymbol)
    }
}
