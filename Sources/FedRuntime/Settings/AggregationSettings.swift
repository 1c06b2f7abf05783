import Codec
import Kernels

/// What a round makes of the updates that it accepted.
package enum AggregationRule: Sendable, Equatable {
    /// FedAvg's mean, weighted by samples; memory does not grow with the devices.
    case mean
    /// The mean of each coordinate without the share `fraction` of its smallest and of its largest values, unweighted.
    case trimmedMean(fraction: Double)
    /// The median of each coordinate, unweighted.
    case median

    /// What is left out on either side of each coordinate; nil where nothing is.
    var trimFraction: Double? {
        switch self {
        case .mean: nil
        case .trimmedMean(let fraction): fraction
        case .median: 0.5
        }
    }
}

/// How a round's frames become the next global weights; the same in every round.
package struct AggregationSettings: Sendable, Equatable {
    /// The largest Euclidean norm of an update, as the frame gives it (Assumption 1's `delta_k`): a larger one is refused. nil for none.
    package var normBound: Double?
    package var rule: AggregationRule
    package var optimizer: ServerOptimizer

    package init(normBound: Double? = nil, rule: AggregationRule = .mean, optimizer: ServerOptimizer = .fedAvg) {
        (self.normBound, self.rule, self.optimizer) = (normBound, rule, optimizer)
    }

    /// Throws the first setting that no round of so many devices can be run with.
    func validate(_ layout: ParameterLayout, devicesPerRound: Int) throws(FederationError) {
        if let normBound, !(normBound > 0 && normBound.isFinite) {
            throw .aggregation(field: "norm bound", value: normBound, limit: "above 0 and finite")
        }
        try optimizer.validate()
        guard let trimFraction = rule.trimFraction else { return }
        guard trimFraction > 0, trimFraction <= 0.5 else {
            throw .aggregation(field: "trim fraction", value: trimFraction, limit: "above 0 and at most 0.5")
        }
        let bytes = RobustAccumulator.bytesPerDevice(layout)
        guard bytes == 0 || devicesPerRound <= RobustAccumulator.memoryLimit / bytes else {
            throw .tooMuchToSort(devices: devicesPerRound, bytesPerDevice: bytes, limit: RobustAccumulator.memoryLimit)
        }
    }

    /// What takes in the frames of a round.
    ///
    /// - Parameter weightLimit: the sum of the samples of all devices asked.
    func accumulator(
        global: Tensor, layout: ParameterLayout, payload: PayloadKind, weightLimit: Int, threads: Int
    ) -> any UpdateAccumulator {
        guard let trimFraction = rule.trimFraction else {
            return FixedPointAccumulator(
                global: global, layout: layout, payload: payload, weightLimit: weightLimit, threads: threads)
        }
        return RobustAccumulator(
            global: global, layout: layout, payload: payload, trimFraction: trimFraction, threads: threads)
    }
}
