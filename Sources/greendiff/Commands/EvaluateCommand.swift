import ArgumentParser
import Evaluation
import GreenDiffusion
import ImageQuality

/// `greendiff evaluate`: how far images are from others.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure how far images, or those that a model draws, are from real ones.",
        discussion: """
            Prints the Frechet distance, KID with its standard error, precision and recall, and MIND of the features that a network makes \
            of both sides, and mean and deviation of their pixels. Distances compare only where network, resizing and counts are the \
            same. The reference's features are kept beside its data, or in --statistics.

            A side is a folder of images, synthetic, cifar10:DIR, gtsrb:DIR or folder:DIR (at the size of the other side's images), \
            FILE.npz (arr_0 with images, or mu and sigma), or FILE.safetensors with features (n, d), which need no network.

            EXAMPLES:
              greendiff evaluate --reference gtsrb:data/gtsrb --checkpoint runs/signs --count 2000 --features lite0.safetensors
              greendiff evaluate --reference real --samples drawn --features lite0.safetensors --json
              greendiff evaluate --reference gtsrb:data/gtsrb --checkpoint runs/signs --class all --guidance 2 --features lite0.safetensors
              greendiff evaluate --reference real.safetensors --samples drawn.safetensors
            """)

    @Option(help: ArgumentHelp("Real images: folder, data set, .npz or .safetensors.", valueName: "dir|data|file"))
    var reference: String

    @Option(help: ArgumentHelp("Images to judge: folder, data set, .npz or .safetensors.", valueName: "dir|data|file"))
    var samples: String?

    @Option(
        help: ArgumentHelp(
            "Model that draws the images to judge: a checkpoint's or run's folder, or builtin:NAME.", valueName: "dir"))
    var checkpoint: String?

    @Option(help: ArgumentHelp("Weights of the network whose features are compared.", valueName: "file"))
    var features: String?

    @Option(help: ArgumentHelp("File for the features of both sides: tensors reference and samples, (n, d).", valueName: "file"))
    var writeFeatures: String?

    @Option(
        help: ArgumentHelp("File that keeps the reference's features (default: a hidden one beside its data).", valueName: "file")
    )
    var statistics: String?

    @Option(
        help: ArgumentHelp(
            "Images of a side at most, chosen by --seed (default: all; \(Self.drawnCount) of a model).", valueName: "n"))
    var count: Int?

    @OptionGroup var drawingOptions: DrawingOptions

    @Option(
        help: ArgumentHelp("Seed of the choice of images, of the noise, of KID's subsets and MIND's directions.", valueName: "n"))
    var seed: UInt64 = 0

    @Flag(help: "Print the result as JSON.")
    var json = false

    @OptionGroup var threadOptions: ThreadOptions
    @OptionGroup var computeOptions: ComputeOptions
    @OptionGroup var loggingOptions: LoggingOptions

    private static let drawnCount = 1000

    func validate() throws {
        guard (samples == nil) != (checkpoint == nil) else {
            throw ValidationError(
                samples == nil
                    ? "there is nothing to judge; give --samples with images, or --checkpoint with a model"
                    : "--samples and --checkpoint are two things to judge; leave one out")
        }
        if checkpoint == nil, let flag = drawingOptions.given {
            throw ValidationError("\(flag) says how a model draws; give --checkpoint, or leave it out")
        }
        try require("--count", count, in: 2...10_000_000)
    }

    func run() throws {
        loggingOptions.start()
        let comparison = try ImageComparison(
            reference: EvaluationSource(parsing: reference, setting: "--reference"), samples: judged(),
            network: features.map { try openFeatureNetwork($0, threads: threadOptions.threads) }, networkPath: features,
            count: count, seed: seed, threads: threadOptions.threads, statisticsPath: statistics, featuresPath: writeFeatures)
        var current: (stage: ImageComparison.Stage, line: RateProgress)?
        let report = try DrawingOptions.namingFlags {
            try comparison.run { stage, done, total in
                if current?.stage != stage {
                    current?.line.close()
                    current = (stage, RateProgress(unit: stage.unit, total: total, console: StandardConsole.error))
                }
                current?.line.show(done: done)
            }
        }
        current?.line.close()
        if json {
            for warning in report.warnings { StandardConsole.error.line("greendiff: \(warning.printableLine())") }
        }
        try show(report, json: json)
    }

    private func judged() throws -> ImageComparison.Samples {
        guard let checkpoint else {
            return .source(try EvaluationSource(parsing: samples ?? "", setting: "--samples"))
        }
        var drawing = drawingOptions.drawing(
            count: count ?? Self.drawnCount, seed: seed, threads: threadOptions.threads, computeOptions)
        drawing.mixesClasses = true
        return .drawn(try ModelSource(parsing: checkpoint, setting: "--checkpoint"), drawing)
    }
}

extension ImageComparison.Stage {
    /// What is counted meanwhile, one of it.
    fileprivate var unit: String {
        switch self {
        case .reference: "reference image"
        case .drawing: "drawn image"
        case .samples: "sample image"
        case .distances: "distance"
        }
    }
}
