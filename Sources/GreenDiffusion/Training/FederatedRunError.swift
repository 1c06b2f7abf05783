import Report

/// Why a federated run cannot start or go on, and the way out.
public enum FederatedRunError: Error, CustomStringConvertible, Equatable {
    /// Training diverged: values of every device, or of the server's average, are not finite or too large.
    case diverged(round: Int, reason: String, path: String)
    /// No device gave an update in the rounds up to `round`.
    case nothingLearned(round: Int, EmptyRound, path: String)
    /// Of a run that is only planned, no device has a plan.
    case nothingPlanned(EmptyRound)
    /// A run that is only planned needs more memory than there is.
    case memory(needed: Int, available: Int, batchSize: Int)
    /// The caller asked for an end after a round; what was done is saved.
    case interrupted(round: Int, rounds: Int, path: String)
    /// A file could not be written.
    case stopped(reason: String, path: String)
    /// A resumed run should have fewer rounds than it has done.
    case roundsBehind(path: String, done: Int, requested: Int)
    /// A cosine that ends with the run has been begun.
    case decayIsFixed(path: String, rounds: Int, requested: Int)

    /// What happened.
    public var problem: String {
        switch self {
        case .diverged(let round, let reason, _): "round \(round): \(reason)"
        case .nothingLearned(let round, let cause, _):
            "nothing was learned up to round \(round): \(cause.problem)"
        case .nothingPlanned(let cause): "nothing would be learned: \(cause.problem)"
        case .memory(let needed, let available, let batchSize):
            "a run with batch-size \(batchSize) needs \(Quantity.bytes(needed)) of memory or more, "
                + "\(Quantity.bytes(available)) are available here"
        case .interrupted(let round, let rounds, _): "interrupted after round \(round) of \(rounds), saved"
        case .stopped(let reason, _): reason
        case .roundsBehind(let path, let done, let requested):
            "rounds \(requested) is below the \(done) that \(path) has done"
        case .decayIsFixed(let path, let rounds, let requested):
            "rounds \(requested) would change the learning rates of \(path), whose cosine ends at \(rounds)"
        }
    }

    /// What to do about it.
    public var wayOut: String {
        switch self {
        case .diverged(_, _, let path): "start again from the rounds before, with init \(path) and a smaller learning-rate"
        case .nothingLearned(_, let cause, let path): "\(cause.wayOut) to a new run; \(path) can be resumed as it is"
        case .nothingPlanned(let cause): cause.wayOut
        case .memory: "use a smaller batch-size or model"
        case .interrupted(_, _, let path): "resume \(path)"
        case .stopped(_, let path): "finished rounds are safe: then resume \(path)"
        case .roundsBehind: "rounds counts from the run's beginning"
        case .decayIsFixed(let path, _, _): "start from its model \(path)/model in another folder"
        }
    }

    /// One line for people: what is wrong and what to do.
    public var description: String { "\(problem); \(wayOut)" }
}
