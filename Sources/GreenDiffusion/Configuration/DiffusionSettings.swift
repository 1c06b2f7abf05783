import Model

/// What a model learns of noisy images, and which noise it learns most from. `train` and `pretrain` share these settings.
public struct DiffusionSettings: Sendable, Equatable {
    /// What the model predicts; nil for v, or what the model that training starts from predicts.
    public var prediction: PredictionKind?
    /// How noise grows with the timestep; nil for a linear schedule, or that of the model that training starts from.
    public var betaSchedule: BetaSchedule?
    /// Whether nothing of the image is left at the last timestep.
    public var rescalesToZeroSNR = false
    /// How much the errors of each noise level count; nil for what goes best with the prediction.
    public var weighting: LossWeighting?
    /// How often each timestep comes; nil for what goes best with the prediction.
    public var timesteps: TimestepSampling?

    /// The defaults.
    public init() {}

    /// The noise schedule to train with.
    ///
    /// - Parameter start: that of the model that training starts from; nil where weights are drawn.
    /// - Throws: a setting that is not as that model was trained, or that does not go with another.
    func scheduler(startingFrom start: SchedulerConfiguration?) throws(ConfigurationError) -> SchedulerConfiguration {
        var scheduler = start ?? SchedulerConfiguration()
        if let start {
            try check(.prediction, prediction, start.prediction)
            try check(.noiseSchedule, betaSchedule, start.betaSchedule)
            guard !rescalesToZeroSNR || start.rescalesToZeroSNR else {
                throw ConfigurationError(
                    Setting.zeroSNR.name, "on", "is not what the model was trained with (off)", wayOut: "leave it out")
            }
            return scheduler
        }
        scheduler.prediction = prediction ?? .velocity
        scheduler.betaSchedule = betaSchedule ?? .linear
        guard rescalesToZeroSNR else { return scheduler }
        guard scheduler.prediction != .epsilon else {
            throw ConfigurationError(
                Setting.zeroSNR.name, "on", "does not go with prediction epsilon: pure noise says nothing of the image",
                wayOut: "use prediction v_prediction")
        }
        // Sampling must start where nothing of the image is left, too [Lin24].
        (scheduler.rescalesToZeroSNR, scheduler.timestepSpacing) = (true, .trailing)
        return scheduler
    }

    /// What training makes small. Models that predict v learn under Min-SNR 5 and SpeeD unless told otherwise, others as in [Ho20]:
    /// docs/adr/0017 has the figures.
    func objective(predicting kind: PredictionKind) -> TrainingObjective {
        var objective = TrainingObjective()
        if kind == .velocity {
            (objective.weighting, objective.timesteps) = (.minSNR(gamma: 5), .speed(threshold: 0.7, factor: 5))
        }
        objective.weighting = weighting ?? objective.weighting
        objective.timesteps = timesteps ?? objective.timesteps
        return objective
    }

    private func check<Kind: RawRepresentable<String> & Equatable>(
        _ setting: Setting, _ wanted: Kind?, _ found: Kind
    ) throws(ConfigurationError) {
        guard let wanted, wanted != found else { return }
        throw ConfigurationError(
            setting.name, wanted.rawValue, "is not what the model was trained with (\(found.rawValue))",
            wayOut: "leave it out, or start from random weights")
    }
}

extension SettingFormat {
    /// `uniform`, or `min-snr` with an optional gamma.
    static func weighting() -> Self where Value == LossWeighting {
        Self { (value) throws(ConfigurationError) in
            switch value.halves {
            case ("uniform", nil): .uniform
            case ("min-snr", nil): .minSNR(gamma: 5)
            case ("min-snr", let gamma?): .minSNR(gamma: try value.part(gamma).number(above: 0, upTo: 1e6))
            default: throw value.failure("is not uniform or min-snr:GAMMA", wayOut: "use min-snr:5")
            }
        } text: {
            switch $0 {
            case .uniform: "uniform"
            case .minSNR(let gamma): "min-snr:\(gamma)"
            }
        }
    }

    /// `uniform`, `log-normal` or `speed`, the latter two with two optional numbers.
    static func timestepSampling() -> Self where Value == TimestepSampling {
        Self { (value) throws(ConfigurationError) in
            let parts = value.text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            func number(_ index: Int, _ standard: Double, from lowest: Double, upTo highest: Double) throws(ConfigurationError)
                -> Double
            {
                index < parts.count ? try value.part(parts[index]).number(from: lowest, upTo: highest) : standard
            }
            switch (parts[0], parts.count) {
            case ("uniform", 1): return .uniform
            case ("log-normal", 1), ("log-normal", 3):
                return .logNormal(
                    mean: try number(1, -1.2, from: -20, upTo: 20), deviation: try number(2, 1.2, from: 1e-3, upTo: 20))
            case ("speed", 1), ("speed", 3):
                return .speed(threshold: try number(1, 0.7, from: 0, upTo: 1), factor: try number(2, 5, from: 1, upTo: 1e6))
            default:
                throw value.failure(
                    "is not uniform, log-normal[:MEAN:DEVIATION] or speed[:THRESHOLD:FACTOR]", wayOut: "use log-normal:-1.2:1.2")
            }
        } text: {
            switch $0 {
            case .uniform: "uniform"
            case .logNormal(let mean, let deviation): "log-normal:\(mean):\(deviation)"
            case .speed(let threshold, let factor): "speed:\(threshold):\(factor)"
            }
        }
    }
}
