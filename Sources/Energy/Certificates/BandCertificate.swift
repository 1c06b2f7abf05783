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
        let theta = split.compute.snapped(plan.theta)
        let compute = split.compute.marginals(theta: theta)
        // What more time saves of the transmitted power; less the circuit's, which it costs, of all.
        let transmitted = split.radioScaleJoules * marginalShape(split.spectralDemand / plan.pi)
        // Below 0 where the highest power keeps sending from ending earlier.
        let sending = transmitted - split.circuitJoules
        let radiatedEnergy = plan.powerWatts * plan.timeCommunicationSeconds
        // The shadow price where no power limit is active: the transmitted energy depends on pi*B alone.
        let free = transmitted * plan.pi / radio.bandwidthHertz
        let range = Self.timePrices(split, theta: plan.theta, compute: compute)
        var timePrice = max(0, sending)
        var slack = 0.0
        if plan.powerWatts >= radio.powerMaxWatts * (1 - Self.activityTolerance) {
            // lambda*(radiated energy - Pmax*t) joins the energy; the price of time rises by lambda times what that saves with it.
            let full = radio.powerMaxWatts * problem.availableSeconds
            let saved = radio.amplifierEfficiency * transmitted + full
            let multipliers = max(0, (range.lowerBound - sending) / saved)...max(0, (range.upperBound - sending) / saved)
            let lambda =
                free > 0 ? multipliers.clamp((price / free - 1) / radio.amplifierEfficiency) : multipliers.lowerBound
            timePrice = sending + lambda * saved
            slack = lambda * abs(full * plan.pi - radiatedEnergy)
            shadowPrice = (1 + lambda * radio.amplifierEfficiency) * free
        } else if plan.powerWatts <= radio.powerMinWatts * (1 + Self.activityTolerance) {
            // The larger of two convex energies: of a sending time that fills pi, and of the lowest power; any mean is a lower bound.
            let lowest = LowestPowerSending(problem)
            let weights =
                sending > 0 ? min(1, range.lowerBound / sending)...min(1, range.upperBound / sending) : 1...1
            let difference = free - lowest.shadowPrice
            let weight = difference > 0 ? weights.clamp((price - lowest.shadowPrice) / difference) : weights.upperBound
            timePrice *= weight
            let spent = plan.energyCommunicationJoules - problem.idlePowerWatts * plan.timeCommunicationSeconds
            slack = (1 - weight) * abs(lowest.energyJoules - spent)
            shadowPrice = weight * free + (1 - weight) * lowest.shadowPrice
        } else {
            shadowPrice = free
        }
        let gain = ShareMarginals(theta: compute.clamp(timePrice), pi: timePrice).largestGain(
            from: TimeShares(theta: theta, pi: plan.pi), thetaBounds: split.thetaBounds, piBounds: 0...1)
        gap = gain + slack + abs(split.compute.joules(theta: theta) - split.compute.joules(theta: plan.theta))
    }

    /// Within this of a limit its multiplier is free: where the limit is not active after all, the price asks for none.
    private static let activityTolerance = 1e-6

    /// The prices of time at which the processor's share is right: its marginal energy, any lower one at the lowest frequency, any
    /// higher one at the highest.
    private static func timePrices(
        _ split: TimeSplit, theta: Double, compute: ClosedRange<Double>
    ) -> ClosedRange<Double> {
        let slowest = theta >= split.thetaBounds.upperBound * (1 - Self.activityTolerance)
        let fastest = theta <= split.thetaBounds.lowerBound * (1 + Self.activityTolerance)
        return (slowest ? 0 : compute.lowerBound)...(fastest ? .greatestFiniteMagnitude : compute.upperBound)
    }
}

/// Sending at the lowest power for as long as it takes: its energy, less waiting's where that counts, and what one more hertz saves.
private struct LowestPowerSending {
    let energyJoules: Double
    let shadowPrice: Double

    init(_ problem: DeviceEnergyProblem) {
        let radio = problem.radio
        let nats = naturalLogarithmOfTwo * problem.payloadBits
        let perSymbol = logarithmOfOnePlus(radio.signalToNoisePerWatt * radio.powerMinWatts)
        let drawn = radio.drawnWatts(powerWatts: radio.powerMinWatts) - problem.idlePowerWatts
        energyJoules = drawn * nats / (radio.bandwidthHertz * perSymbol)
        // d/dB of D*s/(B*y), D drawn, y = ln(1 + gamma*P/B): y*(1 - (1 - e^-y)/y) = e^-y*phi(y).
        shadowPrice =
            energyJoules / (radio.bandwidthHertz * perSymbol) * exponential(-perSymbol) * marginalShape(perSymbol)
    }
}
