import ArgumentParser
import DevicePlanning
import Foundation
import GreenDiffusion
import ImageFiles
import Report
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
              greendiff sample --checkpoint builtin:signs-small --sampler dpm++ --steps 15 --profile pixel-6-big
              greendiff sample --checkpoint runs/gtsrb --class stop,30 --guidance 2 --count 8 --out stop.png
            """)

    @Option(help: ArgumentHelp("Model: a checkpoint's or run's folder, or builtin:NAME.", valueName: "dir"))
    var checkpoint: String

    @Option(help: ArgumentHelp("Images to draw, of each class where --class names some.", valueName: "n"))
    var count = 36

    @OptionGroup var drawingOptions: DrawingOptions

    @Option(help: ArgumentHelp("Seed of the noise.", valueName: "n"))
    var seed: UInt64 = 0

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

    @Option(
        help: ArgumentHelp(
            "Device profile: also say what an image would cost in joules on it, modelled from the FLOPs that were executed.",
            valueName: "name"))
    var profile: String?

    @OptionGroup var threadOptions: ThreadOptions
    @OptionGroup var computeOptions: ComputeOptions
    @OptionGroup var loggingOptions: LoggingOptions

    func validate() throws {
        try require("--count", count, in: 1...10_000_000)
        if let profile {
            do { _ = try WorkEnergy(flops: 1, profile: profile) } catch { throw ValidationError("--profile: \(error)") }
        }
        if let out, !ImageFile.canWrite(out) {
            throw ValidationError("--out \(out) is neither PNG nor PPM; give a name that ends in .png or .ppm")
        }
    }

    func run() throws {
        loggingOptions.start()
        let source = try ModelSource(parsing: checkpoint, setting: "--checkpoint")
        let gridPath = out ?? (images == nil && tensors == nil ? "samples.png" : nil)
        var drawing = drawingOptions.drawing(
            count: count, seed: seed, threads: threadOptions.threads, computeOptions)
        (drawing.gridPath, drawing.folder) = (gridPath, images)
        (drawing.noisePath, drawing.tensorsPath) = (noise, tensors)
        let summary = try draw(drawing, source)
        for drawn in summary.classes {
            let (first, last) = (drawn.images.lowerBound, drawn.images.upperBound - 1)
            StandardConsole.output.line("class   \(drawn.name) (\(drawn.label)): images \(first) to \(last)")
        }
        StandardConsole.output.line("compute \(Quantity.flops(summary.flopsPerImage)) an image (executed)")
        if let profile { try show(WorkEnergy(flops: summary.flopsPerImage, profile: profile)) }
        if let gridPath { StandardConsole.output.line("grid    \(gridPath)") }
        if let images { StandardConsole.output.line("images  \(images)") }
        if let tensors { StandardConsole.output.line("tensors \(tensors)") }
    }

    private func show(_ energy: WorkEnergy) {
        func text(_ choice: WorkEnergy.Choice) -> String {
            "\(Quantity.energy(choice.joules)) in \(Quantity.time(choice.seconds)) at \(Quantity.significant(choice.frequencyHertz / 1e9)) GHz"
        }
        let model = EnergyModelText.name(energy.energyModel.rawValue)
        StandardConsole.output.line(
            "energy  an image on \(energy.profile), modelled by \(model): \(text(energy.cheapest)), or \(text(energy.fastest))")
    }

    /// Draws behind a progress line; errors call settings by their flags.
    private func draw(_ drawing: ImageDrawing, _ source: ModelSource) throws -> DrawingSummary {
        let (unit, total) = drawing.classes.isEmpty ? ("image", count) : ("percent", 100)
        var line = ProgressLine(unit: unit, total: total, console: StandardConsole.error)
        defer { line.close() }
        return try DrawingOptions.namingFlags {
            try drawing.run(source) { share in
                let done = share * Double(total)
                line.update(completed: Int(done), fraction: done - done.rounded(.down), fields: [])
            }
        }
    }
}
