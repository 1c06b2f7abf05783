import FedRuntime

extension RunConfiguration {
    /// How the server aggregates, with all constants.
    var aggregationSettings: AggregationSettings {
        AggregationSettings(normBound: normBound, optimizer: federationOptimizer)
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

    /// Fills in what the server optimiser does not leave open; refuses settings that it does not use.
    mutating func resolveAggregation() throws(ConfigurationError) {
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
