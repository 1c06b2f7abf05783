/// What a frame belongs to. All zero where there is no run; a server refuses such a frame.
public struct FrameBinding: Sendable, Equatable {
    /// Which run; 0: none.
    public var runID: UInt64
    /// The round of the run.
    public var round: UInt32
    /// Who sent it; `UInt32.max` is the server.
    public var device: UInt32
    /// Hash of the model that the device started from.
    public var baseModel: ModelHash
    /// What the values are.
    public var payload: PayloadKind

    /// A binding; without arguments that of a frame of no run.
    public init(
        runID: UInt64 = 0, round: UInt32 = 0, device: UInt32 = 0, baseModel: ModelHash = .zero, payload: PayloadKind = .weights
    ) {
        (self.runID, self.round, self.device) = (runID, round, device)
        (self.baseModel, self.payload) = (baseModel, payload)
    }
}

/// What a frame's values are. The raw values are part of the update frame's specification.
public enum PayloadKind: UInt8, Sendable, CaseIterable {
    /// The device's weights `w_k`.
    case weights = 1
    /// Their change `w_k - w_global`.
    case change = 2
}
