import Kernels

/// A verified update frame: every byte has been checked, so decoding it cannot fail.
public struct UpdateFrame: Sendable {
    public let header: UpdateFrameHeader
    /// The frame as it was received.
    public let bytes: [UInt8]
    /// The tensors' data, in the header's order.
    let parts: [TensorPart]

    /// One tensor's data inside `bytes`.
    struct TensorPart: Sendable {
        enum Data: Sendable {
            /// Where raw values start.
            case raw(start: Int)
            /// Scales, one for each group, and where the codes start.
            case levels(format: CodeFormat, scales: [GroupScale], start: Int)
            case lattice(LatticePart)
        }

        let geometry: GroupGeometry
        let data: Data
        /// First element in the flat buffer.
        let offset: Int
        /// Its place in the tensor table.
        let index: Int
        /// No value's magnitude is larger.
        let largestMagnitude: Float
    }

    /// Verifies a frame whole. docs/wire-format.md lists the checks in order.
    public init(_ bytes: [UInt8], limits: FrameLimits = FrameLimits(), threads: Int = 1) throws(FrameError) {
        var parser = try FrameParser(bytes, limits: limits)
        header = try parser.header()
        parts = try parser.parts(header, threads: threads)
        self.bytes = bytes
    }

    /// Throws unless the frame belongs to exactly this run, round, device, base model and payload kind.
    ///
    /// A frame of no run (its base model is zero) is always refused.
    public func verify(_ expected: FrameBinding) throws(FrameError) {
        let found = header.binding
        guard found.baseModel != .zero else { throw .unbound }
        func require<Value: Equatable>(_ field: String, _ found: Value, _ expected: Value) throws(FrameError) {
            guard found == expected else {
                throw .bindingMismatch(field: field, found: "\(found)", expected: "\(expected)")
            }
        }
        try require("run id", found.runID, expected.runID)
        try require("round", found.round, expected.round)
        try require("device", found.device, expected.device)
        try require("base model", found.baseModel, expected.baseModel)
        try require("payload kind", found.payload, expected.payload)
    }

    /// The values as floats, in the header's layout; `values` has as many elements (precondition) and is overwritten.
    public func decode(into values: Tensor, threads: Int = 1) {
        precondition(values.count == header.parameterCount, "\(values.count) elements for \(header.parameterCount) parameters")
        // SAFETY: `UpdateFrame.init` has checked that each part's values lie inside the layout.
        for part in parts { decode(part, into: values.base + part.offset, threads: threads) }
    }

    /// The values of one tensor; `target` has as many elements and is overwritten.
    func decode(_ part: TensorPart, into target: UnsafeMutablePointer<Float>, threads: Int) {
        guard part.geometry.count > 0 else { return }
        bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            // SAFETY: `UpdateFrame.init` has checked that the part's data lies inside `bytes`.
            switch part.data {
            case .raw(let start):
                UnsafeMutableRawPointer(target).copyMemory(from: base + start, byteCount: 4 * part.geometry.count)
            case .levels(let format, let scales, let start):
                unpackAndDequantize(
                    base + start, geometry: part.geometry, scales: scales, format: format, into: target, threads: threads)
            case .lattice(let lattice):
                lattice.decode(base, random: dither(part), threads: threads) { first, count, values in
                    (target + first).update(from: values, count: count)
                }
            }
        }
    }

    /// The random numbers of a part's dither.
    func dither(_ part: TensorPart) -> CounterRandom {
        CounterRandom(
            key: header.ditherKey, round: header.binding.round, device: header.binding.device, item: UInt32(part.index))
    }
}
