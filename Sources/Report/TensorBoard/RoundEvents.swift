import Records

/// What a run directory's `tensorboard/` shows of its rounds.
package enum RoundEvents {
    /// The records of one round's curves, to be appended to an event file. Values that are missing or not finite are left out.
    package static func records(_ row: RoundRecord, wallTime: Double) -> [UInt8] {
        scalars(
            [
                ("loss/training", row.loss), ("loss/held_out", row.lossHeldOut),
                ("energy_modelled_j/total", row.energyTotalJoules), ("energy_modelled_j/compute", row.energyComputeJoules),
                ("energy_modelled_j/radio", row.energyCommunicationJoules), ("upload/bytes", Double(row.uploadBytes)),
                ("upload/bits_mean", row.bitsMean), ("upload/quantization_error_relative", row.quantizationErrorRelative),
                ("time/round_modelled_s", row.roundTimeSeconds), ("time/wall_s", row.wallSeconds),
                ("devices/accepted", Double(row.devicesAccepted)),
            ] + distances(row), step: row.round, wallTime: wallTime)
    }

    /// The same of a record of pretraining.
    package static func records(_ row: PretrainingRecord, wallTime: Double) -> [UInt8] {
        scalars(
            [
                ("loss/training", row.loss), ("loss/held_out", row.lossHeldOut), ("gradient_norm", row.gradientNorm),
                ("learning_rate", row.learningRate), ("images_per_second", row.imagesPerSecond),
            ] + distances(row), step: row.step, wallTime: wallTime)
    }

    private static func distances(_ row: some RecordOfDistances) -> [(tag: String, value: Double?)] {
        [
            ("distance/frechet", row.frechetDistance), ("distance/kid", row.kidMean), ("distance/precision", row.precision),
            ("distance/recall", row.recall), ("distance/mind", row.mind),
        ]
    }

    private static func scalars(_ curves: [(tag: String, value: Double?)], step: Int, wallTime: Double) -> [UInt8] {
        curves.flatMap { curve -> [UInt8] in
            guard let value = curve.value, value.isFinite else { return [] }
            return EventRecord.scalar(Float(value), tag: curve.tag, step: step, wallTime: wallTime)
        }
    }
}
