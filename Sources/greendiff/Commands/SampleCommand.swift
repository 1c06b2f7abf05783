import ArgumentParser
import Foundation
import GreenDiffusion
import ImageFiles
import Model
import Storage

/// `greendiff sample`: images from a model.
struct SampleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample",
        abstract: "Draw images with a model.",
        discussion: """
            Image i depends on model, sampler, steps, seed and i alone: a larger --count adds images. Of a training checkpoint the \
            averaged weights are used. Of a conditional model --class draws --count images of each class, image i of all from the same \
            noise, in labelled rows; --guidance above 1 shows the class more clearly, for twice the time.

            EXAMPLES:
              greendiff sample --checkpoint builtin:signs-small --out signs.png
              greendiff sample --checkpoint runs/signs --count 1000 --images drawn
              greendiff sample --checkpoint runs/signs/model --sampler dpm++ --steps 15 --out quick.png
              greendiff sample --checkpoint runs/gtsrb --class stop,30 --guidance 2 --count 8 --out stop.png
            """)

    @Option(help: ArgumentHelp("Model: a checkpoint's or run's folder, or builtin:NAME.", valueName: "dir"))
    var checkpoint: String

    @Option(help: ArgumentHelp("Images to draw, of each class where --class names some.", valueName: "n"))
    var count = 36

    @Option(help: "dpm++ or unipc, good with 10 to 20 steps; ddim; ddpm, ancestral.")
    var sampler: ImageDrawing.Method = .ddim

    @Option(
        help: ArgumentHelp(
            "Sampling steps (default: 20 for dpm++ and unipc, 50 for ddim, all timesteps for ddpm).", valueName: "n"))
    var steps: Int?

    @Option(help: "How steps are spread: leading, trailing or linspace (default: as the model's scheduler says).")
    var spacing: TimestepSpacing?

    @Flag(help: "With dpm++ or unipc: visit the noise levels of Karras et al. (2022).")
    var karras = false

    @Flag(help: "Bring predicted images into range by their largest values (Saharia et al., 2022).")
    var dynamicThresholding = false

    @Option(help: ArgumentHelp("Seed of the noise.", valueName: "n"))
    var seed: UInt64 = 0

    @Option(
        name: .customLong("class"),
        help: ArgumentHelp(
            "Classes of a conditional model by name or number, with commas between them, or all (default: images of no class).",
            valueName: "name,..."))
    var classes: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Weight of classifier-free guidance to the class; 1 for none.", valueName: "w"))
    var guidance = 1.0

    @Option(
        help: ArgumentHelp(
            "Grid of the images (at most 1024), PNG or PPM (default: samples.png, unless --images or --tensors).",
            valueName: "file"))
    var out: String?

    @Option(help: ArgumentHelp("Folder for the images as single PNG files.", valueName: "dir"))
    var images: String?

    @Option(
        help: ArgumentHelp(
            "Start from tensor noise (N,C,H,W) of a safetensors file instead of the seed's noise.", valueName: "file"))
    var noise: String?

    @Option(
        help: ArgumentHelp("Also write the images before rounding, tensor sample (N,C,H,W), safetensors.", valueName: "file"))
    var tensors: String?

    @OptionGroup var threadOptions: ThreadOptions
    @OptionGroup var convolutionOptions: ConvolutionOptions
    @OptionGroup var loggingOptions: LoggingOptions

    func validate() throws {
        try require("--count", count, in: 1...10_000_000)
        try require("--steps", steps, in: 1...100_000)
        try require("--guidance", guidance, in: 0...100)
        if let classes, classNames.contains("") {
            throw ValidationError("--class \(classes) has an empty name; write names or numbers with commas between them")
        }
        if karras, sampler == .ddim || sampler == .ddpm {
            throw ValidationError("--karras does not go with --sampler \(sampler.rawValue); use dpm++ or unipc")
        }
        if let out, !ImageFile.canWrite(out) {
            throw ValidationError("--out \(out) is neither PNG nor PPM; give a name that ends in .png or .ppm")
        }
    }

    private var classNames: [String] {
        classes?.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) } ?? []
    }

    func run() throws {
        loggingOptions.start()
        let source = try ModelSource(parsing: checkpoint, setting: "--checkpoint")
        let gridPath = out ?? (images == nil && tensors == nil ? "samples.png" : nil)
        var drawing = ImageDrawing(
            method: sampler, steps: steps, count: count, seed: seed, threads: threadOptions.threads,
            convolution: convolutionOptions.convolution, gridPath: gridPath, folder: images)
        (drawing.spacing, drawing.usesKarrasLevels, drawing.usesDynamicThreshold) = (spacing, karras, dynamicThresholding)
        (drawing.noisePath, drawing.tensorsPath) = (noise, tensors)
        drawing.classes = classNames
        drawing.guidance = guidance
        for drawn in try draw(drawing, source) {
            let (first, last) = (drawn.images.lowerBound, drawn.images.upperBound - 1)
            StandardConsole.output.line("class   \(drawn.name) (\(drawn.label)): images \(first) to \(last)")
        }
        if let gridPath { StandardConsole.output.line("grid    \(gridPath)") }
        if let images { StandardConsole.output.line("images  \(images)") }
        if let tensors { StandardConsole.output.line("tensors \(tensors)") }
    }

    /// Draws behind a progress line; errors call settings by their flags.
    private func draw(_ drawing: ImageDrawing, _ source: ModelSource) throws -> [DrawnClass] {
        let (unit, total) = drawing.classes.isEmpty ? ("image", count) : ("percent", 100)
        var line = ProgressLine(unit: unit, total: total, console: StandardConsole.error)
        defer { line.close() }
        do {
            return try drawing.run(source) { share in
                let done = share * Double(total)
                line.update(completed: Int(done), fraction: done - done.rounded(.down), fields: [])
            }
        } catch let error as ConfigurationError where ["class", "guidance"].contains(error.setting) {
            throw ConfigurationError("--\(error.setting)", error.value, error.problem, wayOut: error.wayOut)
        }
    }
}

extension ImageDrawing.Method: ExpressibleByArgument {}
extension TimestepSpacing: ExpressibleByArgument {}
