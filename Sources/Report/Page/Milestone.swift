import Records

/// Where a run was after a round, or at a record of its steps: what it had cost, and how good it was.
struct Milestone {
    /// The round or step.
    let number: Int
    /// Training images so far, all devices together.
    let images: Double
    /// Modelled energy so far; nil for a pretraining run.
    let energyJoules: Double?
    /// Bytes sent to the server so far; nil for a pretraining run.
    let uploadBytes: Double?
    let loss: Double?
    let lossHeldOut: Double?
    let distances: ImageDistances?
}

extension ReportInput {
    /// In the order of time.
    var milestones: [Milestone] {
        if let batchSize {
            return steps.map { row in
                Milestone(
                    number: row.step, images: Double(row.step) * Double(batchSize), energyJoules: nil, uploadBytes: nil,
                    loss: row.loss, lossHeldOut: row.lossHeldOut, distances: row.distances)
            }
        }
        var (images, energy, upload) = (0.0, 0.0, 0.0)
        return rounds.map { row in
            images += Double(row.samplesTrained)
            energy += row.energyTotalJoules
            upload += Double(row.uploadBytes)
            return Milestone(
                number: row.round, images: images, energyJoules: energy, uploadBytes: upload, loss: row.loss,
                lossHeldOut: row.lossHeldOut, distances: row.distances)
        }
    }
}

extension ImageDistances {
    /// `0.512 ± 0.013`.
    var kidText: String? {
        kidMean.map { mean in kidStandardError.map { Quantity.measured(mean, error: $0) } ?? Quantity.scientific(mean) }
    }
}
