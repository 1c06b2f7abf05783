import Codec
import Kernels

/// Keeps each device's residual, what quantization took from its update, until the device adds it to its next change.
///
/// A residual belongs to the round of its frame and changes only when a frame was accepted. A store on disk keeps the one before, too,
/// until the round is final: a round that is done again must begin with the same residual.
package protocol ResidualStore {
    /// The residual of the last round before `round` that left one.
    ///
    /// - Parameter residual: overwritten with it, where there is one.
    /// - Returns: the round that it was left in; nil where there is none.
    mutating func load(device: Int, before round: Int, into residual: Tensor) throws -> Int?

    /// Keeps what the round's frame left out.
    mutating func save(_ residual: Tensor, assignment: Assignment) throws
}

/// Error feedback: a device adds the residual of its last frame to its next change.
///
/// The sum of what a device sends then stays within one frame's error of the sum of its changes, in however many rounds; without
/// feedback, independent errors add up. [Seide et al. 2014; Karimireddy et al. 2019]
package struct ErrorFeedback {
    var store: any ResidualStore
    /// A residual from longer ago belongs to another model and is left out.
    let roundsAtMost: Int
    private let residual: Tensor

    /// - Parameters:
    ///   - roundsAtMost: rounds from the one that left a residual to the one that it is added in, at least 1 (precondition).
    ///   - layout: of the model; one copy of its parameters is held.
    package init(_ store: any ResidualStore, roundsAtMost: Int, layout: ParameterLayout) {
        precondition(roundsAtMost >= 1, "error feedback over \(roundsAtMost) rounds")
        (self.store, self.roundsAtMost) = (store, roundsAtMost)
        residual = Tensor(shape: [layout.parameterCount])
    }

    /// What the device adds to its change in this round, and the round that left it; nil where there is nothing, or it is too old.
    mutating func residual(for assignment: Assignment) throws -> (values: Tensor, round: Int)? {
        guard let round = try store.load(device: assignment.device.id, before: assignment.round, into: residual),
            assignment.round - round <= roundsAtMost
        else { return nil }
        return (residual, round)
    }

    /// Keeps what an accepted frame left out of `values`.
    mutating func keep(_ values: Tensor, leftOutOf frame: [UInt8], assignment: Assignment, threads: Int) throws {
        try UpdateFrame(frame, threads: threads).decode(into: residual, threads: threads)
        precondition(values.count == residual.count, "\(values.count) values for \(residual.count) parameters")
        // SAFETY: both tensors outlive the loop and have as many floats.
        for index in 0..<values.count { residual.base[index] = values.base[index] - residual.base[index] }
        try store.save(residual, assignment: assignment)
    }
}
