import Storage

/// The noise schedule and the sampler's settings: the supported part of diffusers' `scheduler_config.json`.
package struct SchedulerConfiguration: Sendable, Equatable {
    /// Steps of the forward process; timesteps are `0 ..< trainTimesteps`.
    package var trainTimesteps = 1000
    /// How the noise grows.
    package var betaSchedule = BetaSchedule.linear
    /// First and last noise variance of the linear schedules.
    package var betaStart = 0.0001
    package var betaEnd = 0.02
    /// Variance of the ancestral sampler's noise.
    package var varianceType = PosteriorVariance.fixedSmall
    /// Range that predicted images are clipped to; nil clips nothing.
    package var clipSampleRange: Double? = 1
    package var timestepSpacing = TimestepSpacing.leading
    /// What the model predicts.
    package var prediction = PredictionKind.epsilon
    /// Whether the schedule is stretched so that nothing of the image is left at the last timestep.
    package var rescalesToZeroSNR = false
    /// How predicted images are brought into range in place of clipping; nil does not.
    package var threshold: DynamicThreshold?

    /// The two choices of [Ho20, section 3.2]; the published CIFAR-10 model samples with the large one.
    package enum PosteriorVariance: String, Sendable, CaseIterable {
        /// The variance of the true posterior for a deterministic image.
        case fixedSmall = "fixed_small"
        /// The forward variance beta.
        case fixedLarge = "fixed_large"
    }

    package init() {}

    /// The configuration in the text of a `scheduler_config.json`.
    ///
    /// Of a scheduler other than DDPM's and DDIM's its noise schedule is read, as `DDPMScheduler.from_config` does: images are drawn by this
    /// program's own samplers.
    ///
    /// - Parameters:
    ///   - path: the file's name, for messages.
    ///   - note: called with what was passed over.
    package init(
        parsing bytes: [UInt8], path: String, note: (String) -> Void = { _ in }
    ) throws(CheckpointError) {
        var fields = try ConfigurationFields(parsing: bytes, path: path)
        let kind: SchedulerKind = try fields.choice("_class_name", default: .ddpm)
        betaSchedule = try fields.choice("beta_schedule", default: .linear)
        try fields.require("trained_betas", .null)
        prediction = try fields.choice("prediction_type", default: .epsilon)
        rescalesToZeroSNR = try fields.boolean("rescale_betas_zero_snr", default: false)
        if rescalesToZeroSNR, prediction == .epsilon {
            throw fields.unsupported(
                "rescale_betas_zero_snr", .boolean(true), "false where prediction_type is epsilon: noise alone tells no image")
        }
        try fields.require("set_alpha_to_one", .boolean(true))
        var threshold = DynamicThreshold()
        threshold.ratio = try fields.number("dynamic_thresholding_ratio", default: threshold.ratio, in: 0...1)
        threshold.maximum = try fields.number("sample_max_value", default: threshold.maximum, in: 1...1e6)
        self.threshold = try fields.boolean("thresholding", default: false) ? threshold : nil
        try fields.require("timestep_type", .string("discrete"))
        trainTimesteps = try fields.integer("num_train_timesteps", default: 1000, in: 1...100_000)
        betaStart = try fields.number("beta_start", default: 0.0001, in: 1e-12...0.999)
        betaEnd = try fields.number("beta_end", default: 0.02, in: 1e-12...0.999)
        // diffusers computes the small variance without a type, too.
        if fields.has("variance_type", .null) { fields.ignore("variance_type") }
        varianceType = try fields.choice("variance_type", default: .fixedSmall)
        let range = try fields.number("clip_sample_range", default: 1, in: 0...1e6)
        clipSampleRange = try fields.boolean("clip_sample", default: true) ? range : nil
        timestepSpacing = try fields.choice("timestep_spacing", default: .leading)
        // The offset moves timesteps of this spacing only.
        if timestepSpacing == .leading { try fields.require("steps_offset", .integer(0)) } else { fields.ignore("steps_offset") }
        try fields.finish(harmless: SchedulerKind.solverFields, effective: SchedulerKind.effectiveFields, note: note)
        if kind.isSolver { note("\(path): of \(kind.rawValue) the noise schedule is used; the samplers are this program's own") }
    }

    /// The text of `scheduler_config.json`.
    package var json: String {
        JSONValue.object(
            [
                "_class_name": .string("DDPMScheduler"),
                "num_train_timesteps": .integer(trainTimesteps),
                "beta_start": .number(betaStart),
                "beta_end": .number(betaEnd),
                "beta_schedule": .string(betaSchedule.rawValue),
                "trained_betas": .null,
                "variance_type": .string(varianceType.rawValue),
                "clip_sample": .boolean(clipSampleRange != nil),
                "clip_sample_range": .number(clipSampleRange ?? 1),
                "prediction_type": .string(prediction.rawValue),
                "thresholding": .boolean(threshold != nil),
                "timestep_spacing": .string(timestepSpacing.rawValue),
                "steps_offset": .integer(0),
                "rescale_betas_zero_snr": .boolean(rescalesToZeroSNR),
            ].merging(thresholdFields) { $1 }
        ).text
    }

    private var thresholdFields: [String: JSONValue] {
        threshold.map { ["dynamic_thresholding_ratio": .number($0.ratio), "sample_max_value": .number($0.maximum)] } ?? [:]
    }
}
