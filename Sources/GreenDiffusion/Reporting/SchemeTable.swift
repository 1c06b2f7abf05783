import Foundation
import Report

/// Was it worth it? What an average round cost under each scheme, most expensive first.
public struct SchemeTable: Sendable, Equatable {
    /// One scheme's averages over the rounds.
    public struct Row: Codable, Sendable, Equatable {
        public let scheme: String
        /// Mean over the rounds' devices.
        public let bitsMean: Double
        public let uploadBytes: Double
        public let energyComputeJoules: Double
        public let energyCommunicationJoules: Double
        public let errorAbsolute: Double
        /// Over all rounds: how often a device could not have taken part.
        public let devicesInfeasible: Int

        public var energyTotalJoules: Double { energyComputeJoules + energyCommunicationJoules }

        enum CodingKeys: String, CodingKey {
            case scheme
            case bitsMean = "bits_mean"
            case uploadBytes = "upload_bytes"
            case energyComputeJoules = "energy_compute_j"
            case energyCommunicationJoules = "energy_communication_j"
            case errorAbsolute = "error_absolute"
            case devicesInfeasible = "devices_infeasible"
        }
    }

    /// Most bits first.
    public let rows: [Row]

    /// Averages the records of a run's rounds; rounds in which no device could be compared count only as infeasible.
    public init(_ records: [SchemeRecord]) {
        var names: [String] = []
        for record in records where !names.contains(record.scheme) { names.append(record.scheme) }
        rows = names.map { name in Self.average(records.filter { $0.scheme == name }, scheme: name) }
            .sorted { ($0.bitsMean, $1.scheme) > ($1.bitsMean, $0.scheme) }
    }

    private static func average(_ records: [SchemeRecord], scheme: String) -> Row {
        let compared = records.filter { $0.devices > 0 }
        let devices = Double(max(1, compared.reduce(0) { $0 + $1.devices }))
        func mean(_ value: (SchemeRecord) -> Double) -> Double {
            compared.reduce(0) { $0 + value($1) } / Double(max(1, compared.count))
        }
        return Row(
            scheme: scheme, bitsMean: compared.reduce(0) { $0 + $1.bitsMean * Double($1.devices) } / devices,
            uploadBytes: mean { Double($0.uploadBytes) }, energyComputeJoules: mean(\.energyComputeJoules),
            energyCommunicationJoules: mean(\.energyCommunicationJoules), errorAbsolute: mean(\.errorAbsolute),
            devicesInfeasible: records.reduce(0) { $0 + $1.devicesInfeasible })
    }

    /// The row that the others are compared with: exact values.
    private var reference: Row? { rows.first { $0.scheme.hasPrefix("fedavg") } }

    /// How many times less energy a row spends than FedAvg with exact values; nil without it.
    public func saving(of row: Row) -> Double? {
        guard let reference, row.energyTotalJoules > 0 else { return nil }
        return reference.energyTotalJoules / row.energyTotalJoules
    }

    /// The table as text, columns aligned.
    public var text: String {
        let heading = ["scheme", "bits", "upload/round", "energy/round", "compute / radio", "error (abs)", "vs FedAvg-32"]
        return TextTable.text([heading] + rows.map(cells))
    }

    private func cells(_ row: Row) -> [String] {
        [
            row.scheme, Quantity.significant(row.bitsMean), Quantity.bytes(Int(row.uploadBytes)),
            Quantity.energy(row.energyTotalJoules),
            "\(Quantity.energy(row.energyComputeJoules)) / \(Quantity.energy(row.energyCommunicationJoules))",
            Quantity.significant(row.errorAbsolute), saving(of: row).map { "\(Quantity.significant($0))x" } ?? "",
        ]
    }
}
