/// One line of `progress.jsonl`: what happened since the line before.
public struct PretrainingRecord: Codable, Sendable, Equatable {
    /// Steps done since the beginning of the run.
    public var step: Int
    /// Mean training loss.
    public var loss: Double
    /// Loss of the averaged (EMA) model on fixed held-out images, timesteps and noise; nil without evaluation at this step.
    public var lossHeldOut: Double?
    /// Frechet distance of images that the averaged (EMA) model drew to the run's reference; this and the next six are nil in steps without
    /// evaluation of images, and say what those of `ImageDistances` do.
    public var frechetDistance: Double?
    /// Kernel distance.
    public var kidMean: Double?
    /// Of `kidMean`.
    public var kidStandardError: Double?
    /// Share of drawn images that are like the reference's.
    public var precision: Double?
    /// Share of the reference's images that are like those drawn.
    public var recall: Double?
    /// Sliced Wasserstein distance.
    public var mind: Double?
    /// Images a side.
    public var distanceImages: Int?
    /// The hash of the network, shortened; nil without distances, and in runs of earlier versions.
    public var distanceNetwork: String?
    /// Mean Euclidean norm of the gradients before clipping.
    public var gradientNorm: Double
    /// Of the last step.
    public var learningRate: Double
    /// Images a second through the model.
    public var imagesPerSecond: Double
    /// Time that this machine took, in seconds; nil in records of earlier versions.
    public var wallSeconds: Double?

    /// The record of the steps up to `step`.
    package init(
        step: Int, loss: Double, gradientNorm: Double, learningRate: Double, imagesPerSecond: Double, wallSeconds: Double
    ) {
        (self.step, self.loss, self.gradientNorm) = (step, loss, gradientNorm)
        (self.learningRate, self.imagesPerSecond, self.wallSeconds) = (learningRate, imagesPerSecond, wallSeconds)
    }

    enum CodingKeys: String, CodingKey {
        case step, loss, precision, recall, mind
        case lossHeldOut = "loss_held_out"
        case frechetDistance = "frechet_distance"
        case kidMean = "kid_mean"
        case kidStandardError = "kid_standard_error"
        case distanceImages = "distance_images"
        case distanceNetwork = "distance_network"
        case gradientNorm = "gradient_norm"
        case learningRate = "learning_rate"
        case imagesPerSecond = "images_per_second"
        case wallSeconds = "wall_s"
    }
}

/// A pretraining run in a few numbers: its `summary.json`.
public struct PretrainingSummary: Codable, Sendable, Equatable {
    /// Of the program that wrote it.
    public let version: String
    /// Steps done since the beginning of the run.
    public let stepsCompleted: Int
    /// Training images that went through the model.
    public let samplesTrained: Int
    /// Training loss of the first record.
    public let lossFirst: Double?
    /// Training loss of the last record.
    public let lossLast: Double?
    /// The first held-out loss.
    public let lossHeldOutFirst: Double?
    /// The last held-out loss.
    public let lossHeldOutLast: Double?
    /// The last Frechet distance of drawn images; this and the next are nil where none was measured.
    public let frechetDistanceLast: Double?
    /// The last kernel distance.
    public let kidMeanLast: Double?
    /// Time that this machine took.
    public let wallSeconds: Double

    enum CodingKeys: String, CodingKey {
        case version
        case stepsCompleted = "steps_completed"
        case samplesTrained = "samples_trained"
        case lossFirst = "loss_first"
        case lossLast = "loss_last"
        case lossHeldOutFirst = "loss_held_out_first"
        case lossHeldOutLast = "loss_held_out_last"
        case frechetDistanceLast = "frechet_distance_last"
        case kidMeanLast = "kid_mean_last"
        case wallSeconds = "wall_s"
    }

    /// Sums up the records of a run with steps of `batchSize` images.
    package init(version: String, records: [PretrainingRecord], batchSize: Int) {
        self.version = version
        stepsCompleted = records.last?.step ?? 0
        samplesTrained = stepsCompleted * batchSize
        (lossFirst, lossLast) = (records.first?.loss, records.last?.loss)
        let heldOut = records.compactMap(\.lossHeldOut)
        (lossHeldOutFirst, lossHeldOutLast) = (heldOut.first, heldOut.last)
        let last = records.compactMap(\.distances).last
        (frechetDistanceLast, kidMeanLast) = (last?.frechet, last?.kidMean)
        wallSeconds = records.reduce(0) { $0 + ($1.wallSeconds ?? 0) }
    }
}
