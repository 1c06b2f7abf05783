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
    var rounding = RoundingOption.dither

    @Option(help: ArgumentHelp("Consecutive values that share a scale; 0 for the whole tensor.", valueName: "n"))
    var groupSize = 0

    @Option(help: ArgumentHelp("Seed of the stochastic rounding.", valueName: "n"))
    var seed: UInt64 = 0

    @Flag(help: "Print the result as JSON.")
    var json = false

    @OptionGroup var threadOptions: ThreadOptions

    func validate() throws {
        if let bits, !(2...8).contains(bits) {
            throw ValidationError("--bits \(bits) is outside 2...8 (codes hold at most 8 bits); use --bits \(bits < 2 ? 2 : 8)")
        }
        guard [bits != nil, bytes != nil, errorRelative != nil, errorAbsolute != nil].count(where: { $0 }) <= 1 else {
            throw ValidationError("--bits, --bytes, --error-relative and --error-absolute exclude each other; give one")
        }
        if let bytes { try require("--bytes", bytes, in: 1...(1 << 40)) }
        for (name, error) in [("--error-relative", errorRelative), ("--error-absolute", errorAbsolute)] {
            if let error, !(error > 0 && error.isFinite) {
                throw ValidationError("\(name) \(error) is not a positive number; for exact values keep the safetensors file")
            }
        }
        try require("--group-size", groupSize, in: 0...Int(UInt32.max))
    }

    private var precision: TensorFileQuantizer.Precision {
        errorRelative.map { .error(.relative($0)) } ?? errorAbsolute.map { .error(.absolute($0)) } ?? bytes.map { .bytes($0) }
            ?? .bits(bits ?? 8)
    }

    private var quantizer: Quantizer {
        switch grid {
        case .paper: .levels(.paper, groupSize: groupSize)
        case .zero: .levels(.zero, groupSize: groupSize)
        case .lattice: .lattice(rounding.rounding)
        }
    }

    func run() throws {
        let quantizer = TensorFileQuantizer(
            precision: precision, quantizer: quantizer, seed: seed, threads: threadOptions.threads)
        let summary = try quantizer.quantize(input, to: output)
        try show(summary, json: json)
    }
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

/// A lattice's rounding as the command line names it.
enum RoundingOption: String, ExpressibleByArgument, CaseIterable {
    case dither, stochastic

    var rounding: LatticeRounding { self == .dither ? .dithered : .stochastic }
}
