import Codec

/// What a file is quantized with, as flags and options say it.
package struct QuantizationOptions {
    /// A lattice's rounding by name.
    package enum Rounding: String, Sendable, CaseIterable {
        case dither, stochastic
    }

    /// Bits a value, 2...8; 8 where nothing else says how precise.
    package var bits: Int?
    /// The largest expected squared error, over the squared norm of all values.
    package var errorRelative: Double?
    /// The largest expected squared error.
    package var errorAbsolute: Double?
    /// The most bytes of the frame.
    package var bytes: Int?
    package var grid = QuantizationGrid.paper
    package var rounding = Rounding.dither
    /// Consecutive values that share a scale; 0 for the whole tensor.
    package var groupSize = 0
    /// Prefix of an option's name in messages: `--` where options are flags.
    package var prefix = ""

    package init() {}

    /// The quantizer for these options.
    ///
    /// - Throws: the first option that is outside its range, or does not go with another.
    package func quantizer(seed: UInt64, threads: Int) throws(ConfigurationError) -> TensorFileQuantizer {
        try check()
        let precision: TensorFileQuantizer.Precision =
            errorRelative.map { .error(.relative($0)) } ?? errorAbsolute.map { .error(.absolute($0)) } ?? bytes.map { .bytes($0) }
            ?? .bits(bits ?? 8)
        let quantizer: Quantizer =
            switch grid {
            case .paper: .levels(.paper, groupSize: groupSize)
            case .zero: .levels(.zero, groupSize: groupSize)
            case .lattice: .lattice(rounding == .dither ? .dithered : .stochastic)
            }
        return TensorFileQuantizer(precision: precision, quantizer: quantizer, seed: seed, threads: threads)
    }

    private func check() throws(ConfigurationError) {
        if let bits, !(2...8).contains(bits) {
            throw ConfigurationError(
                "\(prefix)bits", "\(bits)", "is outside 2...8 (codes hold at most 8 bits)",
                wayOut: "use \(prefix)bits \(bits < 2 ? 2 : 8)")
        }
        guard [bits != nil, bytes != nil, errorRelative != nil, errorAbsolute != nil].count(where: { $0 }) <= 1 else {
            throw ConfigurationError(
                "\(prefix)bits, \(prefix)bytes, \(prefix)error-relative and \(prefix)error-absolute", "", "exclude each other",
                wayOut: "give one")
        }
        try require("bytes", bytes, in: 1...(1 << 40))
        try require("group-size", groupSize, in: 0...Int(UInt32.max))
        for (name, error) in [("error-relative", errorRelative), ("error-absolute", errorAbsolute)] {
            if let error, !(error > 0 && error.isFinite) {
                throw ConfigurationError(
                    "\(prefix)\(name)", "\(error)", "is not a positive number",
                    wayOut: "for exact values keep the safetensors file")
            }
        }
    }

    private func require(_ name: String, _ value: Int?, in range: ClosedRange<Int>) throws(ConfigurationError) {
        guard let value, !range.contains(value) else { return }
        let nearest = min(max(value, range.lowerBound), range.upperBound)
        throw ConfigurationError(
            "\(prefix)\(name)", "\(value)", "is outside \(range.lowerBound)...\(range.upperBound)",
            wayOut: "the nearest is \(nearest)")
    }
}
