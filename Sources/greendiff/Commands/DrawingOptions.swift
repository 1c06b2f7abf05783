import ArgumentParser
import GreenDiffusion
import Kernels
import Model

/// How a model draws, for every command that has one draw.
struct DrawingOptions: ParsableArguments {
    @Option(
        name: .customLong("sampler"), help: "dpm++ or unipc, good with 10 to 20 steps; ddim; ddpm, ancestral (default: ddim).")
    var samplerChoice: ImageDrawing.Method?

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

    @Option(
        name: .customLong("class"),
        help: ArgumentHelp(
            "Classes of a conditional model by name or number, with commas between them, or all (default: images of no class).",
            valueName: "name,..."))
    var classes: String?

    @Option(
        name: .customLong("guidance"), parsing: .unconditional,
        help: ArgumentHelp("Weight of classifier-free guidance to the class; 1 for none (default: 1).", valueName: "w"))
    var guidanceChoice: Double?

    private var sampler: ImageDrawing.Method { samplerChoice ?? .ddim }
    private var guidance: Double { guidanceChoice ?? 1 }

    func validate() throws {
        try require("--steps", steps, in: 1...100_000)
        try require("--guidance", guidance, in: 0...100)
        if let classes, classNames.contains("") {
            throw ValidationError("--class \(classes) has an empty name; write names or numbers with commas between them")
        }
        if karras, sampler == .ddim || sampler == .ddpm {
            throw ValidationError("--karras does not go with --sampler \(sampler.rawValue); use dpm++ or unipc")
        }
    }

    private var classNames: [String] {
        classes?.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) } ?? []
    }

    /// A drawing of `count` images that is written nowhere yet.
    func drawing(count: Int, seed: UInt64, threads: Int, _ compute: ComputeOptions) -> ImageDrawing {
        var drawing = ImageDrawing(
            method: sampler, steps: steps, count: count, seed: seed, threads: threads, convolution: compute.convolution,
            gridPath: nil, folder: nil)
        drawing.precision = compute.precision ?? .float32
        (drawing.spacing, drawing.usesKarrasLevels, drawing.usesDynamicThreshold) = (spacing, karras, dynamicThresholding)
        (drawing.classes, drawing.guidance) = (classNames, guidance)
        return drawing
    }

    /// The flag that was given without a model to draw; nil for none.
    var given: String? {
        let flags: [(String, Bool)] = [
            ("--sampler", samplerChoice != nil), ("--steps", steps != nil), ("--spacing", spacing != nil), ("--karras", karras),
            ("--dynamic-thresholding", dynamicThresholding), ("--class", classes != nil), ("--guidance", guidanceChoice != nil),
        ]
        return flags.first(where: \.1)?.0
    }

    /// Errors of `body` call settings of drawing by their flags.
    static func namingFlags<Result>(_ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let error as ConfigurationError where ["class", "guidance"].contains(error.setting) {
            throw ConfigurationError("--\(error.setting)", error.value, error.problem, wayOut: error.wayOut)
        }
    }
}

extension ImageDrawing.Method: ExpressibleByArgument {}
extension TimestepSpacing: ExpressibleByArgument {}
