import Kernels

extension ErrorSummary {
    /// The same errors with the sizes of frames whose values are not known yet, as before a device's first change: as large as values of
    /// this norm can make them. Levels take the same bytes whatever the values are.
    package func sized(forUnknownValuesOf layout: ParameterLayout, quantizer: Quantizer) -> ErrorSummary {
        guard case .lattice = quantizer else { return self }
        let bytesBesideData = FrameFormat.bytesBesideData(layout, version: .lattice)
        return ErrorSummary(
            squaredNorm: squaredNorm, expectedErrors: expectedErrors,
            codedBytes: CodeWidths.all.map { bits in
                layout.entries.reduce(bytesBesideData) { $0 + LatticeForecast.bytes(count: $1.count, bits: bits) }
            })
    }
}

/// Sizes on a lattice by the number of values alone.
///
/// A code is a value in steps, rounded to one of the two integers beside it: its variance is at most a quarter above the value's. Of all
/// integers of a variance v, none has more entropy than `log2(2 pi e (v + 1/12)) / 2`, what normal values come close to; that is concave
/// in v, so tensors of unequal sizes take less together.
enum LatticeForecast {
    /// Bytes of a tensor at the step called `bits` bits.
    static func bytes(count: Int, bits: Int) -> Int {
        guard count >= LatticeStorage.fewestCoded else {
            return 4 + WideCodes.bytes(count: count, bits: bits + packedExtraBits)
        }
        // The mean of p (1 - p), the rounding's variance, over values of many steps is 1/6.
        let entropy = 0.5 * binaryLogarithm(exponential2(2 * Double(bits)) + normalFactor * (1.0 / 6 + 1.0 / 12))
        return Int((Double(count) * entropy / 8).rounded(.up)) + LatticeStatistics.bytesBesideCodes(count: count, symbols: 256)
    }

    /// `2 pi e`: a value's variance is `4^bits / (2 pi e)` in steps.
    private static let normalFactor = 2 * Double.pi * 2.718281828459045
    /// Packed codes are as wide as the largest: these hold values of eight times the root mean square.
    private static let packedExtraBits = 2
}
