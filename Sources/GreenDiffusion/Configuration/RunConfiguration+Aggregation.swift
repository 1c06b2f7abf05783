import FedRuntime

extension RunConfiguration {
    /// How the server aggregates, with all constants.
    var aggregationSettings: AggregationSettings {
        AggregationSettings(normBound: normBound, rule: federationRule, optimizer: federationOptimizer)
    }

    private var federationRule: AggregationRule {
        switch aggregation {
        case .mean: .mean
        case .trimmedMean: .trimmedMean(fraction: trimFraction ?? 0.1)
        case .median: .median
        }
    }

    /// The server optimiser with its constants: those given, or its defaults.
    private var federationOptimizer: ServerOptimizer {
        let momentum = serverMomentum ?? 0.9
        return switch serverOptimizer {
        case .fedAvg: .fedAvg
        case .fedAvgM: .fedAvgM(learningRate: serverLearningRate ?? 1, momentum: momentum)
        case .fedAdam: .fedAdam(learningRate: serverLearningRate ?? ServerOptimizer.tau, beta1: momentum)
        }
    }

    /// Fills in the constants that rule and server optimiser use; refuses those that they do not.
    mutating func resolveAggregation() throws(ConfigurationError) {
        if case .trimmedMean(let fraction) = federationRule {
            trimFraction = fraction
        } else if let trimFraction {
            throw ConfigurationError(
                "trim-fraction", "\(trimFraction)", "is not used by aggregation \(aggregation.rawValue)",
                wayOut: "leave it out, or use aggregation trimmed-mean")
        }
        switch federationOptimizer {
        case .fedAvg:
            for setting in [Setting.serverLearningRate, .serverMomentum] {
                guard let text = text(of: setting) else { continue }
                throw ConfigurationError(
                    setting.rawValue, text, "is not used by server-optimizer fedavg, which takes the average as it is",
                    wayOut: "leave it out, or use server-optimizer fedavgm or fedadam")
            }
        case .fedAvgM(let learningRate, let momentum), .fedAdam(let learningRate, let momentum):
            (serverLearningRate, serverMomentum) = (learningRate, momentum)
        }
    }
}
