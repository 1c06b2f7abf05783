import Records

/// What a run directory's `tensorboard/` shows of its rounds.
package enum RoundEvents {
    /// The records of one round's curves, to be appended to an event file. Values that are missing or not finite are left out.
    package static func records(_ row: RoundRecord, wallTime: Double) -> [UInt8] {
        let curves: [(tag: String, value: Double?)] = [
            ("loss/training", row.loss), ("loss/held_out", row.lossHeldOut), ("energy_modelled_j/total", row.energyTotalJoules),
            ("energy_modelled_j/compute", row.energyComputeJoules), ("energy_modelled_j/radio", row.energyCommunicationJoules),
            ("upload/bytes", Double(row.uploadBytes)), ("upload/bits_mean", row.bitsMean),
            ("upload/quantization_error_relative", row.quantizationErrorRelative),
            ("time/round_modelled_s", row.roundTimeSeconds),
            ("time/wall_s", row.wallSeconds), ("devices/accepted", Double(row.devicesAccepted)),
        ]
        return curves.flatMap { curve -> [UInt8] in
            guard let value = curve.value, value.isFinite else { return [] }
            return EventRecord.scalar(Float(value), tag: curve.tag, step: row.round, wallTime: wallTime)
        }
    }
}
