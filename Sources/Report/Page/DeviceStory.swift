/// What one device did in one round, in words for a hover.
package enum DeviceStory {
    package static func text(_ row: DeviceRow) -> String {
        var lines = ["Round \(row.round), device \(row.device): \(row.status)" + (row.reason.map { " – \($0)" } ?? "")]
        let place = [
            row.distanceMeters.map { "\(UnitText.meters($0)) away" }, row.fading.map { "fade \(UnitText.plain($0))" },
            row.shadowingDecibels.map { "shadowing \(UnitText.plain($0)) dB" },
        ]
        append(place + ["\(row.samples) images"], to: &lines)
        append(
            [
                row.bitsPlanned.map { "planned \($0) bits" }, row.bits.map { "sent \($0) bits" },
                row.payloadBytes.map { UnitText.bytes(Double($0)) },
            ], to: &lines)
        append(
            [
                row.frequencyHertz.map { "CPU \(UnitText.hertz($0))" },
                row.timeComputeSeconds.map { "for \(UnitText.seconds($0))" },
                row.energyComputeJoules.map { "\(UnitText.joules($0)) (modelled)" },
            ], to: &lines)
        append(
            [
                row.powerWatts.map { "radio \(UnitText.watts($0))" },
                row.timeCommunicationSeconds.map { "for \(UnitText.seconds($0))" },
                row.energyCommunicationJoules.map { "\(UnitText.joules($0)) (modelled)" },
            ], to: &lines)
        if (row.energyDownloadJoules ?? 0) + (row.energyIdleJoules ?? 0) > 0 {
            append(
                [
                    row.energyDownloadJoules.map { "downlink \(UnitText.joules($0))" },
                    row.energyIdleJoules.map { "idle \(UnitText.joules($0))" },
                    row.energySystemJoules.map { "\(UnitText.joules($0)) in all (modelled)" },
                ], to: &lines)
        }
        if let grams = row.co2Grams { lines.append("\(UnitText.grams(grams)) CO2 (modelled)") }
        if let error = row.errorCertificate {
            let demand = row.errorDemand.map { " of at most \(UnitText.plain($0))" } ?? ""
            let verdict = row.demandMet.map { $0 ? ": demand met" : ": demand not met" } ?? ""
            lines.append("error \(UnitText.plain(error))\(demand)\(verdict)")
        }
        return lines.joined(separator: "\n")
    }

    private static func append(_ parts: [String?], to lines: inout [String]) {
        let known = parts.compactMap { $0 }
        if !known.isEmpty { lines.append(known.joined(separator: ", ")) }
    }
}
