import Codec
import Energy
import Kernels

/// A trained device's update, before it is quantized: the values to send and their exact error table.
///
/// Works in place on the trained weights: no second copy of the model.
package struct DeviceUpdate {
    package let assignment: Assignment
    package let table: ErrorTable
    private let values: Tensor
    private let threads: Int

    /// - Parameters:
    ///   - trained: the device's weights; overwritten with what is sent, their change where changes are sent, and kept until the update is
    ///     gone.
    ///   - global: the weights that it started from, as many (precondition).
    ///   - residual: added to the change (precondition: changes are sent); nil for none.
    /// - Throws: the first value that is not finite. Nothing is sent then.
    package init(
        _ assignment: Assignment, trained: Tensor, global: Tensor, residual: Tensor? = nil, layout: ParameterLayout,
        threads: Int = 1
    ) throws(CodecError) {
        precondition(trained.count == global.count, "\(trained.count) trained and \(global.count) global weights")
        precondition(residual == nil || assignment.binding.payload == .change, "a residual is part of a change")
        if assignment.binding.payload == .change { trained.subtract(global) }
        if let residual { trained.add(residual) }
        self.assignment = assignment
        self.threads = threads
        values = trained
        table = try ErrorTable(trained, layout: layout, quantizer: assignment.settings.quantizer, threads: threads)
    }

    /// The frame to send, with the power for the time that is left: the fewest accepted bits whose exact error on this update meets the
    /// plan's demand, or the most that fit into that time. With a budget, the least error that budget and time allow.
    ///
    /// - Returns: a frame, or why none fits.
    package func upload() throws(CodecError) -> Result<DeviceUpload, Infeasibility> {
        switch try offer(plan: assignment.plan, isSent: true) {
        case .success(let offer):
            return .success(
                DeviceUpload(
                    frame: offer.frame ?? encode(offer.coding), bits: offer.cost.bits, expectedError: offer.cost.expectedError,
                    energy: offer.cost.energy))
        case .failure(let reason): return .failure(reason)
        }
    }

    /// What another scheme's plan would send, and what that costs. The frame's size is exact, but the frame is not made.
    func cost(plan: DevicePlan) throws(CodecError) -> Result<UpdateCost, Infeasibility> {
        try offer(plan: plan, isSent: false).map(\.cost)
    }

    /// A way to code the update that can be sent, with the frame where it had to be made to know that.
    private struct Offer {
        let coding: UpdateCoding
        let frame: [UInt8]?
        let cost: UpdateCost
    }

    private func offer(plan: DevicePlan, isSent: Bool) throws(CodecError) -> Result<Offer, Infeasibility> {
        if plan.scheme.isOnDemand, plan.demand.error == nil, case .lattice = table {
            return try fillBudget(plan)
        }
        let candidates = plan.scheme.bitCandidates(
            for: assignment.device, demand: plan.demand, summary: table.summary, rule: assignment.settings.rule)
        var failure = Infeasibility(reason: "no bits to send")
        for bits in candidates {
            switch try attempt(bits: bits, plan: plan, isSent: isSent) {
            case .success(let offer): return .success(offer)
            case .failure(let found):
                failure = Infeasibility(reason: "\(bits) bits: \(found.reason)", timeNeededSeconds: found.timeNeededSeconds)
            }
        }
        return .failure(failure)
    }

    /// A coding of one width, if it can be sent in the time that is left and within the device's budget.
    private func attempt(bits: Int, plan: DevicePlan, isSent: Bool) throws(CodecError) -> Result<Offer, Infeasibility> {
        let coding = try coding(bits: bits, plan: plan)
        // How large a lattice's frame is shows when it is coded; what is to be sent is then at hand.
        let frame = coding.frameBytes == nil && isSent ? encode(coding) : nil
        let bytes =
            coding.frameBytes ?? frame?.count
            ?? UpdateFrame.encodedBytes(
                values, as: coding, binding: assignment.binding, seed: assignment.settings.seed, threads: threads)
        do throws(Infeasibility) {
            let energy = try affordableEnergy(frameBytes: bytes, plan: plan)
            return .success(
                Offer(
                    coding: coding, frame: frame,
                    cost: UpdateCost(bits: bits, bytes: bytes, expectedError: coding.expectedError, energy: energy)))
        } catch { return .failure(error) }
    }

    /// The frame of the finest accepted lattice within the device's budget and the time that is left.
    private func fillBudget(_ plan: DevicePlan) throws(CodecError) -> Result<Offer, Infeasibility> {
        let exactBytes = try table.quantizer.exactFrameBytes(table.layout)
        let limit: Int
        do throws(Infeasibility) {
            limit = try largestAffordableFrame(plan, atMost: exactBytes)
        } catch { return .failure(error) }
        let (frame, coding): ([UInt8], UpdateCoding)
        do throws(CodecError) {
            (frame, coding) = try UpdateFrame.encode(
                values, table: table, bytesAtMost: limit, accepted: assignment.device.acceptedBits, binding: assignment.binding,
                seed: assignment.settings.seed, threads: threads)
        } catch {
            guard case .bytesNotMet(let limit, let smallest, let bits) = error else { throw error }
            return .failure(
                Infeasibility(
                    reason: "\(bits) bits take \(smallest) bytes, time and budget allow \(limit): allow more, or fewer bits"))
        }
        do throws(Infeasibility) {
            let energy = try affordableEnergy(frameBytes: frame.count, plan: plan)
            let bits = table.summary.width(ofError: coding.expectedError)
            return .success(
                Offer(
                    coding: coding, frame: frame,
                    cost: UpdateCost(bits: bits, bytes: frame.count, expectedError: coding.expectedError, energy: energy)))
        } catch { return .failure(error) }
    }

    /// The most bytes, up to `limit`, that the device can send within its budget and the time that is left.
    private func largestAffordableFrame(_ plan: DevicePlan, atMost limit: Int) throws(Infeasibility) -> Int {
        func isAffordable(_ bytes: Int) -> Bool { (try? affordableEnergy(frameBytes: bytes, plan: plan)) != nil }
        _ = try affordableEnergy(frameBytes: 1, plan: plan)
        if isAffordable(limit) { return limit }
        var (low, high) = (1, limit)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if isAffordable(middle) { low = middle } else { high = middle }
        }
        return low
    }

    /// The plan for a frame of so many bytes; throws why the device cannot send it, or may not.
    private func affordableEnergy(frameBytes: Int, plan: DevicePlan) throws(Infeasibility) -> EnergyPlan {
        let energy = try plan.resolvingEnergy(frameBytes: frameBytes)
        let excess = assignment.device.demand.excess(bytes: frameBytes, energyJoules: energy.energyTotalJoules)
        if plan.scheme.isOnDemand, let excess { throw Infeasibility(reason: excess) }
        return energy
    }

    /// The most of an update's squared norm that its error may be on a lattice, whatever is demanded.
    private static let largestError = 0.5

    /// The coding of a candidate width. On demand, a lattice takes the step of exactly the error that is demanded, within what the device
    /// accepts: who accepts the fewest bits that codes can have, accepts any step.
    private func coding(bits: Int, plan: DevicePlan) throws(CodecError) -> UpdateCoding {
        let device = assignment.device
        guard plan.scheme.isOnDemand, case .lattice(let lattice) = table, table.summary.squaredNorm > 0,
            let demand = plan.demand.error?.absolute(squaredNorm: table.summary.squaredNorm),
            table.summary.expectedError(bits: bits) <= demand
        else { return bits == Scheme.exactBits ? table.exactCoding : try table.coding(bits: bits) }
        let coarsest = device.acceptedBits.lowerBound
        let limit = min(
            demand,
            coarsest == CodeWidths.all.lowerBound
                ? Self.largestError * table.summary.squaredNorm : table.summary.expectedError(bits: coarsest))
        return try lattice.coding(errorAtMost: limit, values: values, threads: threads)
    }

    private func encode(_ coding: UpdateCoding) -> [UInt8] {
        UpdateFrame.encode(
            values, as: coding, binding: assignment.binding, seed: assignment.settings.seed, threads: threads)
    }
}

/// What an update costs under a plan.
struct UpdateCost {
    /// Bits per parameter; 32 for exact values. On a lattice the smallest width that is at least as exact.
    let bits: Int
    /// Of the frame.
    let bytes: Int
    /// Exact expected squared error.
    let expectedError: Double
    let energy: EnergyPlan
}

/// A frame ready to send, and what sending it costs by the device's plan.
package struct DeviceUpload: Sendable {
    package let frame: [UInt8]
    /// Bits per parameter; 32 for exact values. On a lattice the smallest width that is at least as exact.
    package let bits: Int
    /// Exact expected squared error.
    package let expectedError: Double
    package let energy: EnergyPlan
}

extension Tensor {
    /// Subtracts `other` elementwise; it has as many elements (precondition).
    fileprivate func subtract(_ other: Tensor) {
        precondition(other.count == count, "\(other.count) values from \(count)")
        // SAFETY: both tensors live until the function returns and have `count` floats.
        for index in 0..<count { base[index] -= other.base[index] }
    }

    /// Adds `other` elementwise; it has as many elements (precondition).
    fileprivate func add(_ other: Tensor) {
        precondition(other.count == count, "\(other.count) values to \(count)")
        // SAFETY: as above.
        for index in 0..<count { base[index] += other.base[index] }
    }
}
