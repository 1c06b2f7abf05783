import Model

/// Why a federated run cannot start or go on, and the way out.
public enum FederatedRunError: Error, CustomStringConvertible, Equatable {
    case imageSize(data: String, width: Int, height: Int, side: Int)
    case tooFewImages(data: String, images: Int, devices: Int)
    case selectionTooLarge(select: Int, devices: Int)
    case diverged(round: Int, reason: String, path: String)
    case nobodyTakesPart(round: Int, reason: String, path: String)
    case interrupted(round: Int, rounds: Int, path: String)
    case stopped(reason: String, path: String)
    case roundsBehind(path: String, done: Int, requested: Int)

    public var description: String {
        switch self {
        case .imageSize(let data, let width, let height, let side):
            "\(data) has images of \(width)x\(height) pixels, the model sees \(side)x\(side); "
                + "choose a --preset or --init of that size, or other --data"
        case .tooFewImages(let data, let images, let devices):
            "\(data) has \(images) images to train on, too few for \(devices) devices; use fewer --devices or more images"
        case .selectionTooLarge(let select, let devices):
            "--select \(select) is more than the \(devices) devices; use 1 to \(devices)"
        case .diverged(let round, let reason, let path):
            "round \(round): \(reason); all rounds before are safe: start again from them with "
                + "`greendiff train --init \(path) --learning-rate SMALLER`"
        case .nobodyTakesPart(let round, let reason, let path):
            "no device could take part in the rounds up to \(round) (\(reason)); start a run of its own with a larger --time-budget, "
                + "or auto; \(path) keeps what was done"
        case .interrupted(let round, let rounds, let path):
            "interrupted after round \(round) of \(rounds), saved; go on with `greendiff train --resume \(path)`"
        case .stopped(let reason, let path):
            "\(reason); finished rounds are safe: then go on with `greendiff train --resume \(path)`"
        case .roundsBehind(let path, let done, let requested):
            "--rounds \(requested) is below the \(done) that \(path) has done; --rounds counts from the run's beginning"
        }
    }
}
