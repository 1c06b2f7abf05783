import Records

/// How far a run is, after every training step of a device.
public struct RunProgress: Sendable {
    /// Rounds that are done.
    public var completedRounds: Int
    /// Share of the next round that is done, in 0...1.
    public var fraction: Double
    /// Images a second through the model, in this process.
    public var imagesPerSecond: Double
    /// Share of the images drawn for an evaluation that is under way, in 0...1; nil while devices train.
    public var evaluation: Double?
    /// The last finished round; nil before the first of the run.
    public var last: RoundRecord?
    /// True where `last` was finished just now.
    public var isRoundEnd: Bool
    /// Why `last`, finished just now, changed nothing; nil where it changed the model.
    public var emptyRound: EmptyRound?
    /// What a person should know of how energy was measured in `last`, finished just now, and before, a line each.
    public var notices: [String] = []
}
