import Storage

/// The noise schedule and the sampler's settings: the supported part of diffusers' `scheduler_config.json`.
package struct SchedulerConfiguration: Sendable, Equatable {
    /// Steps of the forward process; timesteps are `0 ..< trainTimesteps`.
    package var trainTimesteps = 1000
    /// First and last noise variance of the linear schedule.
    package var betaStart = 0.0001
    package var betaEnd = 0.02
    /// Variance of the ancestral sampler's noise.
    package var varianceType = PosteriorVariance.fixedSmall
    /// Range that predicted images are clipped to; nil clips nothing.
    package var clipSampleRange: Double? = 1
    package var timestepSpacing = TimestepSpacing.leading

    /// The two choices of [Ho20, section 3.2]; the published CIFAR-10 model samples with the large one.
    package enum PosteriorVariance: String, Sendable, CaseIterable {
        /// The variance of the true posterior for a deterministic image.
        case fixedSmall = "fixed_small"
        /// The forward variance beta.
        case fixedLarge = "fixed_large"
    }

    /// How fewer sampling steps than training steps are spread, as diffusers names it.
    package enum TimestepSpacing: String, Sendable, CaseIterable {
        /// Multiples of `trainTimesteps / steps` (rounded down), from 0.
        case leading
        /// The same distance counted down from the last timestep.
        case trailing
        /// Both ends included, rounded.
        case linspace
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
        try fields.require("beta_schedule", .string("linear"))
        try fields.require("trained_betas", .null)
        try fields.require("prediction_type", .string("epsilon"))
        try fields.require("rescale_betas_zero_snr", .boolean(false))
        try fields.require("set_alpha_to_one", .boolean(true))
        try fields.require("thresholding", .boolean(false))
        try fields.require("timestep_type", .string("discrete"))
        fields.ignore("dynamic_thresholding_ratio")
        fields.ignore("sample_max_value")
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
        JSONValue.object([
            "_class_name": .string("DDPMScheduler"),
            "num_train_timesteps": .integer(trainTimesteps),
            "beta_start": .number(betaStart),
            "beta_end": .number(betaEnd),
            "beta_schedule": .string("linear"),
            "trained_betas": .null,
            "variance_type": .string(varianceType.rawValue),
            "clip_sample": .boolean(clipSampleRange != nil),
            "clip_sample_range": .number(clipSampleRange ?? 1),
            "prediction_type": .string("epsilon"),
            "thresholding": .boolean(false),
            "timestep_spacing": .string(timestepSpacing.rawValue),
            "steps_offset": .integer(0),
            "rescale_betas_zero_snr": .boolean(false),
        ]).text
    }
}
