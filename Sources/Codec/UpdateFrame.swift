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
        let geometry: ScopeGeometry
        /// nil for raw values.
        let format: CodeFormat?
        /// One for each scope; none for raw values.
        let scales: [ScopeScale]
        /// Where the codes, or raw values, start.
        let codesStart: Int
        /// First element in the flat buffer.
        let offset: Int
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
        for part in parts where part.geometry.count > 0 {
            withData(of: part) { data in
                // SAFETY: `UpdateFrame.init` has checked that each part's data lies inside `bytes` and its values inside the layout.
                let target = values.base + part.offset
                guard let format = part.format else {
                    UnsafeMutableRawPointer(target).copyMemory(from: data, byteCount: 4 * part.geometry.count)
                    return
                }
                unpackAndDequantize(
                    data, geometry: part.geometry, scales: part.scales, format: format, into: target, threads: threads)
            }
        }
    }

    /// The codes or raw values of a part that is not empty, for the time of `body`.
    func withData(of part: TensorPart, _ body: (UnsafePointer<UInt8>) -> Void) {
        bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            body(base + part.codesStart)
        }
    }
}
