import Codec
import Energy
import Records

extension FederatedServer {
    /// Verifies a frame whole and adds it to the sum, or refuses it whole.
    ///
    /// A device whose frame was refused may send again until the round ends.
    ///
    /// - Parameters:
    ///   - device: who sent it, as the transport knows.
    ///   - training: what the device says of its training.
    /// - Throws: why it is refused; the sum is unchanged.
    package func receive(_ frame: [UInt8], from device: Int, training: TrainingReport) throws(Rejection) {
        let place = try waitingPlace(of: device)
        guard let assignment = open?.participants[place].assignment else { throw .notAssigned(device: device) }
        do throws(Rejection) {
            let accepted = try accept(frame, training: training, assignment: assignment)
            open?.participants[place].phase = .accepted(accepted)
        } catch {
            let refused = RefusedFrame(rejection: error, frameBytes: frame.count, training: training)
            open?.participants[place].phase = .waiting(refused)
            throw error
        }
    }

    /// Bits per parameter of a frame that keeps to the run's settings; throws where it does not, or claims errors beyond reason.
    private func allowedBits(of header: UpdateFrameHeader, from device: FederatedDevice) throws(Rejection) -> Int {
        guard header.tableQuantizer == settings.quantizer else {
            throw .otherQuantizer(header.tableQuantizer, expected: settings.quantizer)
        }
        for (field, value) in [("certificate", header.expectedError), ("squared norm", header.table.squaredNorm)]
        where value > Self.largestClaim {
            throw .claim(field: field, value: value, limit: Self.largestClaim)
        }
        guard header.codec != .lattice else {
            let bits = header.table.width(ofError: header.expectedError)
            guard settings.scheme.allows(bits: bits, from: device) else { throw .bitsNotAllowed(bits: bits, device: device.id) }
            return bits
        }
        let bits = header.tensors[0].bits
        let allowed = settings.scheme.allows(bits: bits, from: device)
        for tensor in header.tensors where tensor.bits != bits || !allowed {
            throw .bitsNotAllowed(bits: tensor.bits, device: device.id)
        }
        return bits
    }

    /// No sum of squares of a model's float32 weights is as large; keeps a round's sums finite.
    private static let largestClaim = 1e100

    /// Where a device stands whose frame is still awaited; throws where none is.
    func waitingPlace(of device: Int) throws(Rejection) -> Int {
        guard let open else { throw .noRoundOpen }
        guard let place = open.place(of: device), open.participants[place].assignment != nil else {
            throw .notAssigned(device: device)
        }
        switch open.participants[place].phase {
        case .waiting: return place
        case .accepted: throw .duplicate(device: device)
        case .closed(let status, _, _): throw .closed(device: device, status)
        }
    }

    private func accept(
        _ bytes: [UInt8], training: TrainingReport, assignment: Assignment
    ) throws(Rejection) -> AcceptedFrame {
        if let flaw = training.flaw { throw .report(flaw) }
        let most = settings.localIterations * settings.batchSize
        guard training.samplesTrained <= most else {
            throw .report("\(training.samplesTrained) samples trained is more than the \(most) of the assignment")
        }
        let frame: UpdateFrame
        do throws(FrameError) {
            frame = try UpdateFrame(bytes, limits: FrameLimits(expecting: layout), threads: threads)
            try frame.verify(assignment.binding)
        } catch { throw .frame(error) }
        let bits = try allowedBits(of: frame.header, from: assignment.device)
        let energy: EnergyPlan
        do throws(Infeasibility) {
            energy = try assignment.plan.resolvingEnergy(frameBytes: bytes.count)
        } catch { throw .late(error.reason) }
        if let bound = settings.aggregation.normBound {
            let norm = frame.updateNorm(global: broadcast, threads: threads)
            guard norm <= bound else { throw .norm(norm, bound: bound) }
        }
        do throws(AggregationError) {
            try sum?.add(frame, weight: assignment.device.samples, threads: threads)
        } catch { throw .sum(error) }
        return AcceptedFrame(
            frameBytes: bytes.count, parameterCount: layout.parameterCount, bits: bits,
            expectedError: frame.header.expectedError, table: frame.header.table, training: training, energy: energy)
    }
}
