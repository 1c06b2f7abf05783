/// What a round cost under one scheme, averaged over the rounds of a run; part of `summary.json`.
public struct SchemeAverage: Codable, Sendable, Equatable {
    /// `on-demand`, `fixed-8`, `fedavg-32`, ...
    public var scheme: String
    /// Mean over the rounds' devices.
    public var bitsMean = 0.0
    /// Of a round.
    public var uploadBytes = 0.0
    /// Modelled energy of training, of a round.
    public var energyComputeJoules = 0.0
    /// Modelled energy of sending, of a round.
    public var energyCommunicationJoules = 0.0
    /// Modelled energy of receiving and waiting, of a round; nil in records of earlier versions.
    public var energyBesidesJoules: Double?
    /// Training and sending by the paper's law, of a round; nil where that is all devices' model.
    public var energyLawJoules: Double?
    /// Expected squared error of the average of the updates; 0 where the scheme sends exact values.
    public var errorAbsolute = 0.0
    /// Over all rounds: how often a device could not have taken part.
    public var devicesInfeasible = 0
    /// The devices that it could not serve in some round, by name.
    public var devicesUnserved: [String]?
    /// Over all rounds: how often a device trained. nil in records of earlier versions.
    public var deviceRoundsTrained: Int?
    /// Over all rounds: how often a device took part that every scheme could serve; the averages are over these. nil like the last.
    public var deviceRoundsCompared: Int?

    /// Training and sending.
    public var energyTotalJoules: Double { energyComputeJoules + energyCommunicationJoules }

    /// A scheme that cost nothing, to be filled in.
    package init(scheme: String) { self.scheme = scheme }

    enum CodingKeys: String, CodingKey {
        case scheme
        case bitsMean = "bits_mean"
        case uploadBytes = "upload_bytes"
        case energyComputeJoules = "energy_compute_j"
        case energyCommunicationJoules = "energy_communication_j"
        case energyBesidesJoules = "energy_besides_j"
        case energyLawJoules = "energy_law_j"
        case errorAbsolute = "error_absolute"
        case devicesInfeasible = "devices_infeasible"
        case devicesUnserved = "devices_unserved"
        case deviceRoundsTrained = "device_rounds_trained"
        case deviceRoundsCompared = "device_rounds_compared"
    }
}

extension SchemeAverage {
    /// One for each scheme, most bits first. Rounds in which no device could be compared count only as infeasible.
    package static func averages(_ records: [SchemeRecord]) -> [SchemeAverage] {
        var names: [String] = []
        for record in records where !names.contains(record.scheme) { names.append(record.scheme) }
        return names.map { name in average(records.filter { $0.scheme == name }, scheme: name) }
            .sorted { ($0.bitsMean, $1.scheme) > ($1.bitsMean, $0.scheme) }
    }

    private static func average(_ records: [SchemeRecord], scheme: String) -> SchemeAverage {
        let compared = records.filter { $0.devices > 0 }
        let devices = Double(max(1, compared.total(\.devices)))
        func mean(_ value: (SchemeRecord) -> Double) -> Double {
            compared.reduce(0) { $0 + value($1) } / Double(max(1, compared.count))
        }
        var average = SchemeAverage(scheme: scheme)
        average.bitsMean = compared.reduce(0) { $0 + $1.bitsMean * Double($1.devices) } / devices
        average.uploadBytes = mean { Double($0.uploadBytes) }
        average.energyComputeJoules = mean(\.energyComputeJoules)
        average.energyCommunicationJoules = mean(\.energyCommunicationJoules)
        average.errorAbsolute = mean(\.errorAbsolute)
        if compared.allSatisfy({ $0.energyIdleJoules != nil }) {
            average.energyBesidesJoules = mean { ($0.energyDownloadJoules ?? 0) + ($0.energyIdleJoules ?? 0) }
        }
        if compared.allSatisfy({ $0.energyLawJoules != nil }), !compared.isEmpty {
            average.energyLawJoules = mean { $0.energyLawJoules ?? 0 }
        }
        average.devicesInfeasible = records.total(\.devicesInfeasible)
        average.devicesUnserved =
            records.allSatisfy { $0.devicesUnserved != nil } ? records.flatMap { $0.devicesUnserved ?? [] }.uniqued() : nil
        let trained = records.compactMap(\.devicesTrained)
        if trained.count == records.count {
            average.deviceRoundsTrained = trained.reduce(0, +)
            average.deviceRoundsCompared = records.total(\.devices)
        }
        return average
    }
}
