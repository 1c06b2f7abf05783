import Codec
import Energy
import Kernels

/// A trained device's update, before it is quantized: the values to send and their exact error table.
///
/// Works in place on the trained weights: no second copy of the model.
public struct DeviceUpdate {
    public let assignment: Assignment
    public let table: ErrorTable
    private let values: Tensor
    private let threads: Int

    /// - Parameters:
    ///   - trained: the device's weights; overwritten with their change where changes are sent, and kept until the update is gone.
    ///   - global: the weights that it started from, as many (precondition).
    /// - Throws: the first value that is not finite. Nothing is sent then.
    public init(
        _ assignment: Assignment, trained: Tensor, global: Tensor, layout: ParameterLayout, threads: Int = 1
    ) throws(CodecError) {
        precondition(trained.count == global.count, "\(trained.count) trained and \(global.count) global weights")
        if assignment.settings.payload == .change { trained.subtract(global) }
        self.assignment = assignment
        self.threads = threads
        values = trained
        table = try ErrorTable(trained, layout: layout, options: assignment.settings.quantizer, threads: threads)
    }

    /// What the device sends: the fewest accepted bits whose exact error meets its demand on this update, with the power for the time
    /// that is left; or the most that fit into that time.
    ///
    /// - Returns: a frame, or why none fits.
    public func upload() throws(CodecError) -> Result<DeviceUpload, Infeasibility> { try upload(plan: assignment.plan) }

    /// The same under another scheme's plan.
    func upload(plan: DevicePlan) throws(CodecError) -> Result<DeviceUpload, Infeasibility> {
        let candidates = plan.scheme.bitCandidates(
            for: assignment.device, summary: table.summary, rule: assignment.settings.rule)
        var failure = Infeasibility(reason: "no bits to send")
        for bits in candidates {
            let bytes = try frameBytes(bits: bits)
            let energy: EnergyPlan
            do throws(Infeasibility) {
                energy = try plan.resolvingEnergy(frameBytes: bytes)
            } catch {
                failure = Infeasibility(reason: "\(bits) bits: \(error.reason)")
                continue
            }
            return .success(DeviceUpload(frame: try encode(bits: bits), bits: bits, energy: energy))
        }
        return .failure(failure)
    }

    private func frameBytes(bits: Int) throws(CodecError) -> Int {
        bits == Scheme.exactBits
            ? try UpdateCoding.exactFrameBytes(table.layout, options: table.options) : table.summary.codedBytes(bits: bits)
    }

    private func encode(bits: Int) throws(CodecError) -> [UInt8] {
        try encodeUpdate(
            values, table: table, coding: UpdateCoding(bits: bits), binding: assignment.binding, seed: assignment.settings.seed,
            threads: threads)
    }
}

/// A frame ready to send, and what sending it costs by the device's plan.
public struct DeviceUpload: Sendable {
    public let frame: [UInt8]
    /// Bits per parameter; 32 for exact values.
    public let bits: Int
    public let energy: EnergyPlan
}

extension Tensor {
    /// Subtracts `other` elementwise.
    fileprivate func subtract(_ other: Tensor) {
        for index in 0..<count { base[index] -= other.base[index] }
    }
}
