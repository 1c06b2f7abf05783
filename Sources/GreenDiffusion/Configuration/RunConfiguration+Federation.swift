import Codec
import FedRuntime

// What settings mean to the server, where they depend on each other.
extension RunConfiguration {
    /// The scheme with its bits.
    package var federationScheme: Scheme {
        switch scheme {
        case .onDemand: bitPlanning == .system ? .onDemandSystem(aggregateError: aggregateError) : .onDemand
        case .fixed: .fixed(bits: acceptedBits.upperBound)
        case .fedAvg: .fedAvg
        }
    }

    /// The grid with its group size; a lattice is dithered.
    var quantizer: Quantizer {
        switch grid {
        case .paper: .levels(.paper, groupSize: groupSize)
        case .zero: .levels(.zero, groupSize: groupSize)
        case .lattice: .lattice(.dithered)
        }
    }

    /// `bits`, or what they are where nothing is said.
    var acceptedBits: ClosedRange<Int> { bits ?? (grid == .lattice ? DeviceLimits.bits : DeviceLimits.paperBits) }

    /// `demand`, or what it is where nothing is said: a change is a small part of the weights, and may err by more of itself.
    var generatedDemand: GeneratedDemand { demand ?? (payload == .change ? .relativeError(0.02...0.09) : .ofWeights) }

    /// How the server aggregates, with its constant: that given, or its default.
    var aggregationRule: AggregationRule {
        switch aggregation {
        case .mean: .mean
        case .trimmedMean: .trimmedMean(fraction: trimFraction ?? 0.1)
        case .median: .median
        }
    }

    /// The server optimiser with its constants: those given, or its defaults.
    var optimizer: ServerOptimizer {
        let momentum = serverMomentum ?? 0.9
        return switch serverOptimizer {
        case .fedAvg: .fedAvg
        case .fedAvgM: .fedAvgM(learningRate: serverLearningRate ?? 1, momentum: momentum)
        case .fedAdam: .fedAdam(learningRate: serverLearningRate ?? ServerOptimizer.tau, beta1: momentum)
        }
    }
}
