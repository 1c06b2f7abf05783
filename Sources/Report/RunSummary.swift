/// All that a report shows of one run. The report is a pure function of it.
package struct RunSummary: Sendable {
    /// The run's name: the last part of its directory.
    package var title: String
    /// One sentence below the title: model, data, devices, rounds.
    package var subtitle: String
    /// Pictures in the order of time: before, half-way, now.
    package var samples: [SampleImage]
    /// What other schemes would have cost, in the order shown.
    package var schemes: [SchemeRow]
    /// The lines of `rounds.jsonl`, in the file's order.
    package var rounds: [RoundRow]
    /// The lines of `devices.jsonl`, in the file's order: row `i` is line `i + 1`, and links name that line.
    package var devices: [DeviceRow]
    /// `config.yaml`, which runs the same again.
    package var configuration: String
    /// CPU, threads, version, seed and whatever else explains a difference between machines.
    package var environment: [ReportField]

    package init(
        title: String, subtitle: String, samples: [SampleImage] = [], schemes: [SchemeRow] = [], rounds: [RoundRow] = [],
        devices: [DeviceRow] = [], configuration: String = "", environment: [ReportField] = []
    ) {
        (self.title, self.subtitle, self.samples, self.schemes) = (title, subtitle, samples, schemes)
        (self.rounds, self.devices, self.configuration, self.environment) = (rounds, devices, configuration, environment)
    }
}

/// A picture with its caption.
package struct SampleImage: Sendable {
    package var caption: String
    /// A whole PNG file.
    package var png: [UInt8]

    package init(caption: String, png: [UInt8]) { (self.caption, self.png) = (caption, png) }
}

/// A name and a value, both as text to show.
package struct ReportField: Sendable, Equatable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
}

/// One scheme's costs, a round on average.
package struct SchemeRow: Sendable, Equatable {
    /// As in the terminal's table: `FedAvg`, `fixed`, `on-demand`.
    package var scheme: String
    /// Mean bits per parameter.
    package var bits: Double
    package var uploadBytes: Double
    package var energyComputeJoules: Double
    package var energyCommunicationJoules: Double
    /// Expected squared error of the average, absolute; 0 where the scheme sends the exact values.
    package var errorAbsolute: Double
    /// True for the scheme that the run used.
    package var isThisRun: Bool
    /// True for the scheme that the others are compared with (FedAvg, 32 bits).
    package var isReference: Bool

    package var energyTotalJoules: Double { energyComputeJoules + energyCommunicationJoules }

    package init(
        scheme: String, bits: Double, uploadBytes: Double, energyComputeJoules: Double, energyCommunicationJoules: Double,
        errorAbsolute: Double, isThisRun: Bool, isReference: Bool
    ) {
        (self.scheme, self.bits, self.uploadBytes, self.errorAbsolute) = (scheme, bits, uploadBytes, errorAbsolute)
        (self.energyComputeJoules, self.energyCommunicationJoules) = (energyComputeJoules, energyCommunicationJoules)
        (self.isThisRun, self.isReference) = (isThisRun, isReference)
    }
}
