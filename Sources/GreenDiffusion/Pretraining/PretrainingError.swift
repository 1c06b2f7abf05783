import Model

/// Why a pretraining run cannot start or go on, and the way out.
public enum PretrainingError: Error, Equatable, CustomStringConvertible {
    /// A resumed run should have fewer steps than it has done.
    case stepsBehind(path: String, done: Int, requested: Int)
    /// More steps would change the learning rates of a cosine.
    case decayIsFixed(path: String, steps: Int, requested: Int)
    /// A file could not be written.
    case notSaved(step: Int, path: String, reason: String)
    /// Loss or gradients are not finite.
    case diverged(DivergenceError, path: String)
    /// The caller asked for an end after a step; what was done is saved.
    case interrupted(step: Int, steps: Int, path: String)

    /// What happened.
    public var problem: String {
        switch self {
        case .stepsBehind(let path, let done, let requested): "steps \(requested) is below the \(done) that \(path) has done"
        case .decayIsFixed(let path, let steps, let requested):
            "steps \(requested) would change the learning rates of \(path), whose cosine ends at \(steps)"
        case .diverged(let error, _):
            "training diverged at step \(error.step): loss \(error.loss), gradient norm \(error.gradientNorm)"
        case .notSaved(let step, _, let reason): "step \(step) could not be saved: \(reason)"
        case .interrupted(let step, let steps, _): "interrupted after step \(step) of \(steps), saved"
        }
    }

    /// What to do about it.
    public var wayOut: String {
        switch self {
        case .stepsBehind: "steps counts from the run's beginning"
        case .decayIsFixed(let path, _, _): "start from its model \(path)/model in another folder"
        case .diverged(_, let path):
            "start again with a smaller learning rate, from scratch or from \(path)/model"
        case .notSaved(_, let path, _): "the checkpoints before it stand, resume \(path)"
        case .interrupted(_, _, let path): "resume \(path)"
        }
    }

    /// One line for people: what is wrong and what to do.
    public var description: String { "\(problem); \(wayOut)" }
}
