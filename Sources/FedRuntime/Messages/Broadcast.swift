import Codec
import Kernels

/// What the server sends every device of a round: the global weights, exact or quantized.
///
/// The server keeps the exact weights; errors of broadcasts do not add up over rounds where devices send changes.
struct Broadcast {
    /// What the devices start from; the global weights themselves where they are sent exactly.
    let weights: Tensor
    /// Bytes to one device.
    let bytes: Int
    /// Of a quantized broadcast.
    let quantized: Quantized?

    struct Quantized {
        let frame: [UInt8]
        let bits: Int
        /// Exact expected squared error.
        let expectedError: Double
        let squaredNorm: Double
    }

    /// The `device` of a frame that the server sends: no device's id.
    static let sender = UInt32.max

    /// The weights alone, exact.
    static func exactBytes(parameters: Int) -> Int { MemoryLayout<Float>.stride * parameters }

    init(exact global: Tensor) {
        (weights, bytes, quantized) = (global, Self.exactBytes(parameters: global.count), nil)
    }

    /// - Parameter weights: overwritten with what the devices decode.
    init(
        quantizing global: Tensor, settings: FederationSettings, layout: ParameterLayout, round: Int, into weights: Tensor,
        threads: Int
    ) throws(CodecError) {
        let table = try ErrorTable(global, layout: layout, quantizer: settings.quantizer, threads: threads)
        let binding = FrameBinding(
            runID: settings.runID, round: UInt32(truncatingIfNeeded: round), device: Self.sender,
            baseModel: ModelHash(of: global),
            payload: .weights)
        let coding = try settings.broadcastCoding(of: global, table, threads: threads)
        let bytes = UpdateFrame.encode(
            global, as: coding, binding: binding, seed: settings.seed, threads: threads)
        do throws(FrameError) {
            try UpdateFrame(bytes, threads: threads).decode(into: weights, threads: threads)
        } catch { preconditionFailure("a frame of our own is refused: \(error)") }
        self.weights = weights
        self.bytes = bytes.count
        quantized = Quantized(
            frame: bytes, bits: settings.downlinkBits ?? table.summary.width(ofError: coding.expectedError),
            expectedError: coding.expectedError,
            squaredNorm: table.summary.squaredNorm)
    }
}

extension FederationSettings {
    /// So many bits, or the fewest bytes that meet the demand.
    fileprivate func broadcastCoding(of global: Tensor, _ table: ErrorTable, threads: Int) throws(CodecError) -> UpdateCoding {
        if let downlinkBits { return try table.coding(bits: downlinkBits) }
        guard let downlinkDemand else { return table.exactCoding }
        return try table.coding(meeting: .relative(downlinkDemand), accepted: CodeWidths.all, values: global, threads: threads)
    }
}
