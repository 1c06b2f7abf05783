import Kernels
import Logging
import Model

/// What activations are to be kept and multiplied in, or that it is to be found out.
public enum PrecisionChoice: String, Sendable, CaseIterable, Codable {
    /// See `Precision.float32`.
    case float32
    /// See `Precision.bfloat16`.
    case bfloat16
    /// What is faster on this machine, measured when a run starts.
    case automatic = "auto"
}

extension PrecisionChoice {
    init(_ precision: Precision) { self = precision == .float32 ? .float32 : .bfloat16 }

    /// The precision to run in. Says in one line what was measured, or that nothing is gained here.
    ///
    /// - Parameters:
    ///   - model: runs with random weights where there is something to measure.
    ///   - images: in a batch.
    ///   - isTraining: whether the work is training steps rather than predictions.
    /// - Throws: `CheckpointError.unsupportedField` for a configuration whose parts do not fit together.
    func decided(
        for model: UNetConfiguration, images: Int, isTraining: Bool, threads: Int, convolution: Conv2DKernel?
    ) throws(CheckpointError) -> Precision {
        let logger = Logger(label: "precision")
        switch self {
        case .float32: return .float32
        case .bfloat16:
            if !BFloat16Unit.selected.isInstruction {
                logger.notice("this processor does not multiply bfloat16: activations take half the memory, and no less time")
            }
            return .bfloat16
        case .automatic:
            let trial = try PrecisionTrial(model, images: images, isTraining: isTraining, threads: threads, convolution)
            logger.notice("\(trial)")
            return trial.precision
        }
    }
}

/// Both precisions timed on a model, to choose the faster one.
struct PrecisionTrial: CustomStringConvertible {
    /// Runs of each precision, in turn, after one that warms up.
    private static let repetitions = 3
    /// More images tell no more.
    private static let mostImages = 8
    /// What bfloat16 must save to be chosen: less is within what clocks and neighbours change.
    private static let leastSaving = 0.05

    private let work: String
    private let float32, bfloat16: Timing

    /// The fastest run of a precision.
    private struct Timing {
        var nanoseconds = Int.max
        var profile = Profile()
    }

    init(
        _ configuration: UNetConfiguration, images: Int, isTraining: Bool, threads: Int, _ convolution: Conv2DKernel?
    ) throws(CheckpointError) {
        let count = min(images, Self.mostImages)
        work = "\(isTraining ? "a step" : "a prediction") of \(count) image\(count == 1 ? "" : "s")"
        var models: [UNet] = []
        for precision in Precision.allCases {
            let context = ComputeContext(threads: threads, precision: precision)
            if let convolution { context.overrides = [convolution, convolution.forBFloat16] }
            let model = try UNet(configuration, context: context)
            model.initialize(seed: 0)
            models.append(model)
        }
        let sample = Tensor(shape: models[0].sampleShape(count: count))
        sample.fillNormal(CounterRandom(seed: 0, stream: .initialization))
        let labels = configuration.numClassEmbeds.map { _ in [Int](repeating: 0, count: count) }
        let timesteps = (0..<count).map { 100 * $0 % 1000 }
        func run(_ model: UNet) {
            if isTraining {
                _ = withTeam(threads: threads) {
                    model.accumulateGradients(sample: sample, timesteps: timesteps, target: sample, classLabels: labels)
                }
            } else {
                _ = model.predictNoise(sample, timesteps: timesteps, classLabels: labels)
            }
        }
        var timings = [Timing](repeating: Timing(), count: models.count)
        for model in models { run(model) }
        for _ in 0..<Self.repetitions {
            for (place, model) in models.enumerated() {
                model.context.profile = Profile()
                let start = ContinuousClock.now
                run(model)
                let nanoseconds = Int((ContinuousClock.now - start) / .nanoseconds(1))
                guard nanoseconds < timings[place].nanoseconds, let profile = model.context.profile else { continue }
                timings[place] = Timing(nanoseconds: nanoseconds, profile: profile)
            }
        }
        (float32, bfloat16) = (timings[0], timings[1])
    }

    /// bfloat16 where it saves time that can be told from noise.
    var precision: Precision {
        Double(bfloat16.nanoseconds) < (1 - Self.leastSaving) * Double(float32.nanoseconds) ? .bfloat16 : .float32
    }

    /// Operations on one shape that bfloat16 makes faster, of how many.
    private var fasterLayers: (count: Int, of: Int) {
        let before = Dictionary(uniqueKeysWithValues: float32.profile.entries.map { ($0.operation, $0.nanoseconds) })
        let pairs = bfloat16.profile.entries.compactMap { entry in before[entry.operation].map { (entry.nanoseconds, $0) } }
        return (pairs.count { $0 < $1 }, pairs.count)
    }

    var description: String {
        func milliseconds(_ timing: Timing) -> Double { (Double(timing.nanoseconds) / 1e5).rounded() / 10 }
        let layers = fasterLayers
        return "auto takes \(precision.rawValue): \(work) takes \(milliseconds(float32)) ms in float32, "
            + "\(milliseconds(bfloat16)) ms in bfloat16 (by \(BFloat16Unit.selected.name)), which makes "
            + "\(layers.count) of \(layers.of) layers faster"
    }
}
