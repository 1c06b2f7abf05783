/// How a round's frames become the next global weights; the same in every round.
public struct AggregationSettings: Sendable, Equatable {
    /// The largest Euclidean norm of an update, as the frame gives it (Assumption 1's `delta_k`): a larger one is refused. nil for none.
    public var normBound: Double?
    public var optimizer: ServerOptimizer

    public init(normBound: Double? = nil, optimizer: ServerOptimizer = .fedAvg) {
        (self.normBound, self.optimizer) = (normBound, optimizer)
    }

    /// Throws the first setting that no round can be run with.
    func validate() throws(FederationError) {
        if let normBound, !(normBound > 0 && normBound.isFinite) {
            throw .aggregation(field: "norm bound", value: normBound, limit: "above 0 and finite")
        }
        try optimizer.validate()
    }
}
