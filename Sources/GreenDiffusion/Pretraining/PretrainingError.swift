import Model

/// Why a pretraining run cannot start or go on, and the way out.
public enum PretrainingError: Error, Equatable, CustomStringConvertible {
    case exists(path: String)
    case notARun(path: String)
    case busy(path: String)
    case alreadyFinished(path: String, steps: Int)
    case stepsBehind(path: String, done: Int, requested: Int)
    case decayIsFixed(path: String, steps: Int, requested: Int)
    case imageSize(data: String, width: Int, height: Int, size: [Int])
    case damagedCheckpoint(folder: String, reason: String)
    case notSaved(step: Int, path: String, reason: String)
    case diverged(DivergenceError, path: String)
    case interrupted(step: Int, steps: Int, path: String)

    public var description: String {
        switch self {
        case .exists(let path):
            "\(path) already holds a run; go on with `greendiff pretrain --resume \(path)`, or choose another --out"
        case .notARun(let path):
            "\(path) is not a pretraining run (it has no checkpoints); give the folder that --out named"
        case .busy(let path):
            "\(path) is in use by another greendiff process; wait for it or choose another --out"
        case .alreadyFinished(let path, let steps):
            "\(path) has done all its \(steps) steps; ask for more with `--resume \(path) --steps \(2 * steps)`"
        case .stepsBehind(let path, let done, let requested):
            "--steps \(requested) is below the \(done) that \(path) has done; --steps counts from the run's beginning"
        case .decayIsFixed(let path, let steps, let requested):
            "--steps \(requested) would change the learning rates of \(path), whose cosine ends at \(steps); "
                + "start from its model with `--init \(path)/model --out ANOTHER_DIR`"
        case .imageSize(let data, let width, let height, let size):
            "\(data) has images of \(width)x\(height) pixels, the model sees \(size[1])x\(size[0]); "
                + "choose a --preset or --init of that size, or other --data"
        case .diverged(let error, let path):
            "training diverged at step \(error.step): loss \(error.loss), gradient norm \(error.gradientNorm); start again with a "
                + "smaller --learning-rate, from scratch or with `--init \(path)/model`"
        case .damagedCheckpoint(let folder, let reason):
            "\(folder) cannot be resumed (\(reason)); remove that folder to resume from the checkpoint before it"
        case .notSaved(let step, let path, let reason):
            "step \(step) could not be saved: \(reason); the checkpoints before it stand, "
                + "go on with `greendiff pretrain --resume \(path)`"
        case .interrupted(let step, let steps, let path):
            "interrupted after step \(step) of \(steps), saved; go on with `greendiff pretrain --resume \(path)`"
        }
    }
}
