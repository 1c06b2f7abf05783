import Kernels

/// A verified update frame: every byte has been checked, so decoding it cannot fail.
public struct UpdateFrame: Sendable {
    /// What the frame says about itself.
    public let header: UpdateFrameHeader
    /// The frame as it was received.
    public let bytes: [UInt8]
    /// The tensors' data, in the header's order.
    let parts: [FramePart]

    /// Verifies a frame whole. docs/wire-format.md lists the checks in order.
    public init(_ bytes: [UInt8], limits: FrameLimits = FrameLimits(), threads: Int = 1) throws(FrameError) {
        var parser = try FrameParser(bytes, limits: limits)
        header = try parser.header()
        parts = try parser.parts(header, threads: threads)
        self.bytes = bytes
    }

    /// Throws unless the frame belongs to exactly this run, round, device, base model and payload kind.
    ///
    /// A frame of no run (its base model is zero) is always refused, as is one that carries more than its parameters.
    public func verify(_ expected: FrameBinding) throws(FrameError) {
        let found = header.binding
        guard header.carried.isEmpty else { throw .carriedNotAccepted }
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
        for part in parts { part.decode(bytes, into: values.base + part.offset, threads: threads) }
    }

    /// The values of one tensor of the header, in its shape.
    package func decoded(tensor index: Int, threads: Int = 1) -> Tensor {
        let values = Tensor(shape: header.tensors[index].shape)
        parts[index].decode(bytes, into: values.base, threads: threads)
        return values
    }
}
