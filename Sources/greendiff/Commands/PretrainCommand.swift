import ArgumentParser
import Foundation
import GreenDiffusion
import Model
import Report
import Storage

/// `greendiff pretrain`: ordinary training on one machine, for a model that federated training starts from.
struct PretrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pretrain",
        abstract: "Train a model on one machine, without devices or energy plans.",
        discussion: """
            Writes DIR/model (averaged weights, opens in diffusers), DIR/checkpoints (to resume from), DIR/samples, \
            DIR/progress.jsonl, DIR/tensorboard, report.html and summary.json. Ctrl-C saves a checkpoint first; a resumed run ends at the weights of an uninterrupted one.

            EXAMPLES:
              greendiff pretrain --data synthetic --preset small --steps 20000 --out runs/signs
              greendiff pretrain --resume runs/signs --steps 40000
              greendiff sample --checkpoint runs/signs/model --out signs.png
            """)

    @Option(
        help: ArgumentHelp("Images: synthetic, cifar10:DIR, gtsrb:DIR or folder:DIR (default: synthetic).", valueName: "spec"))
    var data: String?

    @Option(help: ArgumentHelp("Go on without images that cannot be read (default: off).", valueName: "on|off"))
    var skipUnreadable: Switch?

    @Option(help: ArgumentHelp("Model: tiny, small or ddpm-cifar10 (default: small).", valueName: "name"))
    var preset: UNetConfiguration.Preset?

    @Option(
        name: .customLong("init"),
        help: ArgumentHelp("Checkpoint to start from: a folder or builtin:NAME.", valueName: "checkpoint"))
    var initialCheckpoint: String?

    @Option(help: ArgumentHelp("Learn the classes of the images, to draw them by name (default: off).", valueName: "on|off"))
    var conditional: Switch?

    @Option(
        help: ArgumentHelp(
            "Share of labels that a conditional model does not see, for guidance (default: 0.1).", valueName: "share"))
    var labelDropout: Double?

    @Option(help: ArgumentHelp("Steps of the whole run (default: 10000).", valueName: "n"))
    var steps: Int?

    @Option(help: ArgumentHelp("Images a step (default: 32).", valueName: "n"))
    var batchSize: Int?

    @Option(help: ArgumentHelp("Largest learning rate of AdamW (default: 0.001).", valueName: "rate"))
    var learningRate: Double?

    @Option(
        help: ArgumentHelp("Steps until the learning rate is reached (default: 500, at most a tenth of the run).", valueName: "n")
    )
    var warmUp: Int?

    @Option(
        help: ArgumentHelp(
            "Learning rate after the warm-up: constant, or cosine down to 0 (default: constant).", valueName: "shape"))
    var decay: LearningRateSchedule.Decay?

    @OptionGroup(title: SettingOptions<3>.title) var learned: SettingOptions<3>

    @Option(help: ArgumentHelp("Seed of weights, order, noise and samples (default: 0).", valueName: "n"))
    var seed: UInt64?

    @Option(help: ArgumentHelp("Steps between checkpoints (default: \(standardInterval)).", valueName: "n"))
    var checkpointEvery: Int?

    @Option(help: ArgumentHelp("Steps between sample grids; 0 for none (default: \(standardInterval)).", valueName: "n"))
    var sampleEvery: Int?

    @Option(
        help: ArgumentHelp(
            "Steps between evaluations: loss on held-out images, distances; 0 for none (default: \(standardInterval)).",
            valueName: "n"))
    var evaluateEvery: Int?

    @Option(
        help: ArgumentHelp(
            "Weights of a feature network: evaluations then draw images and measure their distance to training images.",
            valueName: "file"))
    var features: String?

    @Option(help: ArgumentHelp("Images that are drawn for distances (default: 500).", valueName: "n"))
    var distanceImages: Int?

    @Option(help: ArgumentHelp("Folder of a new run.", valueName: "dir"))
    var out: String?

    @Option(
        help: ArgumentHelp("Folder of a run to go on with; --steps may ask for more, all else is as it was.", valueName: "dir"))
    var resume: String?

    @Option(
        help: ArgumentHelp("With --resume: go back to that step's checkpoint and forget what came after it.", valueName: "n"))
    var fromStep: Int?

    @OptionGroup var threadOptions: ThreadOptions
    @OptionGroup var computeOptions: ComputeOptions
    @OptionGroup var loggingOptions: LoggingOptions

    private static let standardInterval = PretrainingSettings.standardInterval

    func validate() throws {
        try require("--checkpoint-every", checkpointEvery, in: 1...1_000_000_000)
        try require("--sample-every", sampleEvery, in: 0...1_000_000_000)
        try require("--evaluate-every", evaluateEvery, in: 0...1_000_000_000)
        try require("--distance-images", distanceImages, in: 2...1_000_000)
        try require("--steps", steps, in: 1...1_000_000_000)
        try require("--batch-size", batchSize, in: 1...4096)
        try require("--warm-up", warmUp, in: 0...1_000_000_000)
        if let learningRate, !(learningRate > 0 && learningRate <= 1) {
            throw ValidationError("--learning-rate \(learningRate) is outside 0 < rate <= 1; try 0.001")
        }
        try require("--label-dropout", labelDropout, in: 0...1)
        if let labelDropout, conditional != .on, resume == nil {
            throw ValidationError("--label-dropout \(labelDropout) goes with --conditional, which trains with labels")
        }
        switch (out, resume) {
        case (nil, nil): throw ValidationError("nowhere to write: name a new folder with --out, or an old run with --resume")
        case (.some, .some): throw ValidationError("--out starts a run and --resume continues one; use one of them")
        case (_, .some): try refuseChanges()
        default: if let fromStep { throw ValidationError("--from-step \(fromStep) goes with --resume RUN_DIR") }
        }
    }

    /// A resumed run keeps its settings, or it would be another run.
    private func refuseChanges() throws {
        let given: [(String, Bool)] = [
            ("--evaluate-every", evaluateEvery != nil), ("--skip-unreadable", skipUnreadable != nil), ("--preset", preset != nil),
            ("--init", initialCheckpoint != nil), ("--conditional", conditional != nil), ("--label-dropout", labelDropout != nil),
            ("--batch-size", batchSize != nil), ("--learning-rate", learningRate != nil), ("--warm-up", warmUp != nil),
            ("--decay", decay != nil), (learned.given.first.map { "--\($0.setting.name)" } ?? "", !learned.given.isEmpty),
            ("--seed", seed != nil), ("--precision", computeOptions.precision != nil),
            ("--convolution", computeOptions.convolution != nil),
        ]
        if let flag = given.first(where: \.1)?.0 {
            throw ValidationError("--resume keeps the run's own \(flag); leave it out, or start another run with --out")
        }
    }

    /// - Throws: `ConfigurationError` that names the flag of a text which the library could not read.
    private func settings() throws -> PretrainingSettings {
        if let data { _ = try DataSpecification(parsing: data, setting: "--data") }
        if let initialCheckpoint { _ = try ModelSource(parsing: initialCheckpoint, setting: "--init") }
        let steps = steps ?? 10_000
        return PretrainingSettings(
            data: data ?? "synthetic", preset: preset ?? .small, initialCheckpoint: initialCheckpoint,
            batchSize: batchSize ?? 32,
            learningRate: LearningRateSchedule(
                peak: learningRate ?? 1e-3, warmUpSteps: warmUp ?? min(500, steps / 10), steps: steps,
                decay: decay ?? .constant),
            weightDecay: 0.01, seed: seed ?? 0, precision: computeOptions.precision == .float32 ? nil : computeOptions.precision,
            convolution: computeOptions.convolution,
            checkpointEvery: checkpointEvery ?? Self.standardInterval, sampleEvery: sampleEvery ?? Self.standardInterval,
            evaluateEvery: evaluateEvery ?? Self.standardInterval, skipsUnreadable: skipUnreadable == .on ? true : nil,
            isConditional: conditional == .on ? true : nil, labelDropout: labelDropout,
            diffusion: learned.given.isEmpty
                ? nil : Dictionary(uniqueKeysWithValues: learned.given.map { ($0.setting.name, $0.text) }),
            features: features, distanceImages: distanceImages)
    }

    private var changes: PretrainingSettings.Changes {
        var changes = PretrainingSettings.Changes(steps: steps)
        (changes.data, changes.checkpointEvery, changes.sampleEvery) = (data, checkpointEvery, sampleEvery)
        (changes.features, changes.distanceImages) = (features, distanceImages)
        return changes
    }

    func run() throws {
        loggingOptions.start()
        let interruption = TrainingJob.begin(finishing: "step")
        let run =
            try resume.map {
                try PretrainingRun.resume($0, changing: changes, fromStep: fromStep, threads: threadOptions.threads)
            }
            ?? PretrainingRun.start(settings(), at: out ?? "", threads: threadOptions.threads)
        for notice in run.notices { StandardConsole.output.line(labelledLine("note", notice)) }
        var display = PretrainDisplay(run: run, console: StandardConsole.output)
        display.begin(run)
        do {
            try run.train { progress in
                display.show(progress)
                return interruption.isRaised ? .stop : .goOn
            }
        } catch {
            display.close()
            throw TrainingJob.ended(with: error, by: interruption)
        }
        try display.end(run)
    }
}

extension LearningRateSchedule.Decay: ExpressibleByArgument {}
extension UNetConfiguration.Preset: ExpressibleByArgument {}
