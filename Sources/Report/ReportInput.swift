import Records

/// All that a report shows of one run. The report is a pure function of it.
package struct ReportInput: Sendable {
    /// The run's name: the last part of its directory.
    package var title: String
    /// One sentence below the title: model, data, devices, rounds.
    package var subtitle: String
    /// Pictures in the order of time: before, half-way, now.
    package var samples: [SampleImage]
    /// Sample grids to go through, in the order of time; shown with those of other runs.
    package var timeline: [TimedImage] = []
    /// Sample grids that the run has; some may be left out of `timeline`.
    package var gridCount = 0
    /// What the run's newest model draws from noise that all runs of the page have in common.
    package var drawing: NoiseDrawing?
    /// Images in a step of a pretraining run; nil for a federated run, which counts rounds.
    package var batchSize: Int?
    /// The scheme that the run used.
    package var schemeName: String
    /// What each scheme cost, or would have cost, in the order shown.
    package var schemes: [SchemeAverage]
    /// The lines of `rounds.jsonl`, in the file's order.
    package var rounds: [RoundRecord]
    /// The lines of `devices.jsonl`, in the file's order: row `i` is line `i + 1`, and links name that line.
    package var devices: [DeviceRecord]
    /// The lines of `progress.jsonl` of a pretraining run, which has no rounds.
    package var steps: [PretrainingRecord]
    /// `config.yaml`, which runs the same again.
    package var configuration: String
    /// CPU, threads, version, seed and whatever else explains a difference between machines.
    package var environment: [ReportField]

    package init(
        title: String, subtitle: String, samples: [SampleImage] = [], schemeName: String = "", schemes: [SchemeAverage] = [],
        rounds: [RoundRecord] = [], devices: [DeviceRecord] = [], steps: [PretrainingRecord] = [], configuration: String = "",
        environment: [ReportField] = []
    ) {
        (self.title, self.subtitle, self.samples) = (title, subtitle, samples)
        (self.schemeName, self.schemes) = (schemeName, schemes)
        (self.rounds, self.devices, self.steps, self.configuration, self.environment) = (
            rounds, devices, steps, configuration, environment
        )
    }

    /// What the run counts: `round` or `step`.
    package var unit: String { batchSize == nil ? "round" : "step" }

    /// Whether any device has energy besides training and sending.
    package var countsWholeSystem: Bool {
        rounds.contains { ($0.energyDownloadJoules ?? 0) > 0 || ($0.energyIdleJoules ?? 0) > 0 }
    }

    /// Whether the run states what a kilowatt-hour stands for.
    package var countsCO2: Bool { rounds.contains { $0.co2Grams != nil } }
}

/// A picture with its caption.
package struct SampleImage: Sendable {
    package var caption: String
    /// A whole PNG file.
    package var png: [UInt8]

    package init(caption: String, png: [UInt8]) { (self.caption, self.png) = (caption, png) }
}

/// A picture of the model after a round or step.
package struct TimedImage: Sendable {
    package var number: Int
    package var image: SampleImage

    package init(number: Int, image: SampleImage) { (self.number, self.image) = (number, image) }
}

/// Images that a model drew from some noise.
package struct NoiseDrawing: Sendable {
    /// All of them.
    package var grid: SampleImage
    /// The first of them step by step: above what the sampler had, below what the model took that for.
    package var film: SampleImage

    package init(grid: SampleImage, film: SampleImage) { (self.grid, self.film) = (grid, film) }
}

/// A name and a value, both as text to show.
package struct ReportField: Sendable, Equatable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
}
