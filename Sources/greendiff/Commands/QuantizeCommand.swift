import ArgumentParser
import Codec
import GreenDiffusion

/// `greendiff quantize`: a safetensors file to an update frame.
struct QuantizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quantize",
        abstract: "Pack the tensors of a safetensors file into an update frame of 2 to 8 bits a value.",
        discussion: """
            Rounding is stochastic and unbiased; the error that is printed is its exact expected value, not an estimate. \
            Equal seeds give equal bytes on any number of threads. Tensors of F32, F16, BF16 and F64 are quantized; those of \
            other types and the file's metadata are carried as they are.

            EXAMPLES:
              greendiff quantize model/diffusion_pytorch_model.safetensors model.gduf --bits 6 --group-size 256
              greendiff quantize weights.safetensors weights.gduf --bits 8 --grid zero --json
              greendiff quantize weights.safetensors weights.gduf --grid lattice --error-relative 1e-4
              greendiff quantize weights.safetensors weights.gduf --grid lattice --bytes 20000000
            """)

    @Argument(help: ArgumentHelp("Safetensors file with float tensors.", valueName: "in"))
    var input: String

    @Argument(help: ArgumentHelp("Update frame to write.", valueName: "out"))
    var output: String

    @Option(help: ArgumentHelp("Bits a value, 2 to 8 (default: 8).", valueName: "n"))
    var bits: Int?

    @Option(
        help: ArgumentHelp(
            "Instead of bits: the largest expected squared error, over the squared norm of all values.", valueName: "epsilon"))
    var errorRelative: Double?

    @Option(help: ArgumentHelp("Instead of bits: the largest expected squared error.", valueName: "error"))
    var errorAbsolute: Double?

    @Option(
        help: ArgumentHelp(
            "Instead of bits: the most bytes of the frame, for the least error (levels 8 bits at most, a lattice any step).",
            valueName: "n"))
    var bytes: Int?

    @Option(
        help: ArgumentHelp(
            """
            Levels: paper (smallest to largest magnitude) or zero (0 to largest), a fixed width a value, 2 bits always zero; or lattice \
            (multiples of one step, entropy coded: fewest bytes).
            """))
    var grid = QuantizationGrid.paper

    @Option(help: ArgumentHelp("On a lattice: dither (half the error) or stochastic."))
    var rounding = QuantizationOptions.Rounding.dither

    @Option(help: ArgumentHelp("Consecutive values that share a scale; 0 for the whole tensor.", valueName: "n"))
    var groupSize = 0

    @Option(help: ArgumentHelp("Seed of the stochastic rounding.", valueName: "n"))
    var seed: UInt64 = 0

    @Flag(help: "Print the result as JSON.")
    var json = false

    @OptionGroup var threadOptions: ThreadOptions

    func validate() throws {
        do { _ = try quantizer() } catch { throw ValidationError("\(error)") }
    }

    private func quantizer() throws(ConfigurationError) -> TensorFileQuantizer {
        var options = QuantizationOptions()
        (options.bits, options.bytes, options.prefix) = (bits, bytes, "--")
        (options.errorRelative, options.errorAbsolute) = (errorRelative, errorAbsolute)
        (options.grid, options.rounding, options.groupSize) = (grid, rounding, groupSize)
        return try options.quantizer(seed: seed, threads: threadOptions.threads)
    }

    func run() throws { try show(quantizer().quantize(input, to: output), json: json) }
}

/// `greendiff dequantize`: an update frame back to a safetensors file.
struct DequantizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dequantize",
        abstract: "Unpack an update frame into a safetensors file with its names and shapes.",
        discussion: """
            The frame is verified whole (checksum, limits, every code) before anything is written. What was quantized becomes \
            F32; tensors of other types and the metadata come back as they were.

            EXAMPLES:
              greendiff dequantize weights.gduf weights.safetensors
              greendiff dequantize large.gduf large.safetensors --max-unpacked 8GiB
            """)

    @Argument(help: ArgumentHelp("Update frame.", valueName: "in"))
    var input: String

    @Argument(help: ArgumentHelp("Safetensors file to write.", valueName: "out"))
    var output: String

    @OptionGroup var unpackOptions: UnpackOptions
    @OptionGroup var threadOptions: ThreadOptions

    func run() throws {
        let summary = try dequantizeTensorFile(
            input, to: output, maxUnpacked: unpackOptions.maxUnpacked.bytes, threads: threadOptions.threads)
        try show(summary, json: false)
    }
}

extension QuantizationGrid: ExpressibleByArgument {}
extension QuantizationOptions.Rounding: ExpressibleByArgument {}
