/// Why a federated run cannot start or go on, and the way out.
public enum FederatedRunError: Error, CustomStringConvertible, Equatable {
    /// The images of the data set `data` do not have the model's width and height, `side`.
    case imageSize(data: String, width: Int, height: Int, side: Int)
    /// Training diverged: values of every device, or of the server's average, are not finite or too large.
    case diverged(round: Int, reason: String, path: String)
    /// Several rounds went by without an update.
    case nobodyTakesPart(round: Int, reason: String, path: String)
    /// The caller asked for an end after a round; what was done is saved.
    case interrupted(round: Int, rounds: Int, path: String)
    /// A file could not be written.
    case stopped(reason: String, path: String)
    /// A resumed run should have fewer rounds than it has done.
    case roundsBehind(path: String, done: Int, requested: Int)

    /// What happened.
    public var problem: String {
        switch self {
        case .imageSize(let data, let width, let height, let side):
            "\(data) has images of \(width)x\(height) pixels, the model sees \(side)x\(side)"
        case .diverged(let round, let reason, _): "round \(round): \(reason)"
        case .nobodyTakesPart(let round, let reason, _): "no device could take part in the rounds up to \(round) (\(reason))"
        case .interrupted(let round, let rounds, _): "interrupted after round \(round) of \(rounds), saved"
        case .stopped(let reason, _): reason
        case .roundsBehind(let path, let done, let requested):
            "rounds \(requested) is below the \(done) that \(path) has done"
        }
    }

    /// What to do about it.
    public var wayOut: String {
        switch self {
        case .imageSize: "choose a preset or init of that size, or other data"
        case .diverged(_, _, let path): "start again from the rounds before, with init \(path) and a smaller learning-rate"
        case .nobodyTakesPart(_, _, let path):
            "start a run of its own with a larger time-budget, or auto; \(path) keeps what was done"
        case .interrupted(_, _, let path): "resume \(path)"
        case .stopped(_, let path): "finished rounds are safe: then resume \(path)"
        case .roundsBehind: "rounds counts from the run's beginning"
        }
    }

    /// One line for people: what is wrong and what to do.
    public var description: String { "\(problem); \(wayOut)" }
}
