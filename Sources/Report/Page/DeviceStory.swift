import Records

/// What one device did in one round, in words for a hover.
package enum DeviceStory {
    package static func text(_ row: DeviceRecord) -> String {
        var lines = ["Round \(row.round), device \(row.label): \(row.status.rawValue)" + (row.reason.map { " – \($0)" } ?? "")]
        let place = [
            row.distanceMetres.map { "\(Quantity.distance($0)) away" }, row.fading.map { "fade \(Quantity.scientific($0))" },
            row.shadowingDecibels.map { "shadowing \(Quantity.scientific($0)) dB" },
        ]
        append(place + ["\(row.samples) images"], to: &lines)
        append(
            [
                row.bitsPlanned.map { "planned \($0) bits" }, row.bits.map { "sent \($0) bits" },
                row.payloadBytes.map { Quantity.bytes(Double($0)) },
            ], to: &lines)
        append(
            [
                row.frequencyHertz.map { "CPU \(Quantity.frequency($0))" },
                row.timeComputeSeconds.map { "for \(Quantity.time($0))" },
                row.energyComputeJoules.map { "\(Quantity.energy($0)) (modelled)" },
            ], to: &lines)
        append(
            [
                row.powerWatts.map { "radio \(Quantity.power($0))" },
                row.timeCommunicationSeconds.map { "for \(Quantity.time($0))" },
                row.energyCommunicationJoules.map { "\(Quantity.energy($0)) (modelled)" },
            ], to: &lines)
        if (row.energyDownloadJoules ?? 0) + (row.energyIdleJoules ?? 0) > 0 {
            append(
                [
                    row.energyDownloadJoules.map { "downlink \(Quantity.energy($0))" },
                    row.energyIdleJoules.map { "idle \(Quantity.energy($0))" },
                    row.energySystemJoules.map { "\(Quantity.energy($0)) in all (modelled)" },
                ], to: &lines)
        }
        if let grams = row.co2Grams { lines.append("\(Quantity.mass(grams)) CO2 (modelled)") }
        if let error = row.errorCertificate {
            let demand = row.errorDemand.map { " of at most \(Quantity.scientific($0))" } ?? ""
            let verdict = row.demandMet.map { $0 ? ": demand met" : ": demand not met" } ?? ""
            lines.append("error \(Quantity.scientific(error))\(demand)\(verdict)")
        }
        return lines.joined(separator: "\n")
    }

    private static func append(_ parts: [String?], to lines: inout [String]) {
        let known = parts.compactMap { $0 }
        if !known.isEmpty { lines.append(known.joined(separator: ", ")) }
    }
}
