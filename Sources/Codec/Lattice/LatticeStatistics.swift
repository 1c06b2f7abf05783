import Kernels

/// What a lattice of each width costs, found before anything is coded.
struct LatticeStatistics {
    /// Values of all tensors, their squared norm, and how they are rounded.
    let count: Int
    let squaredNorm: Double
    let rounding: LatticeRounding

    /// The step called `bits` bits: a model of normal weights of one size costs that many bits a value, `sqrt(2 pi e) * rms / 2^bits`.
    /// 1 where all values are zero.
    func step(bits: Double) -> Float {
        guard squaredNorm > 0 else { return 1 }
        return max(Float(unit * exponential2(-bits)), .leastNonzeroMagnitude)
    }

    /// The bits whose step is no smaller than `step`, and as small as rounding allows.
    func bits(step: Float) -> Double { squaredNorm > 0 ? binaryLogarithm(unit / Double(step)) - 1e-9 : 0 }

    private var unit: Double { (2 * Double.pi * Self.euler * squaredNorm / Double(count)).squareRoot() }

    /// e, the base of the natural logarithm, which the standard library does not name.
    private static let euler = 2.718281828459045

    /// Exact expected squared error of a tensor, or of all together, on the lattices of `steps`.
    func expectedErrors(_ values: UnsafePointer<Float>, count: Int, steps: [Float], threads: Int) -> [Double] {
        if squaredNorm == 0 { return steps.map { _ in 0 } }
        switch rounding {
        case .dithered: return steps.map { Double(count) * Double($0) * Double($0) / 12 }
        case .stochastic: return latticeSquaredErrors(values, count: count, steps: steps, threads: threads)
        }
    }

    /// The largest step in `steps`, a range of positive ones, whose exact expected error on all `values` is at most `limit`, and that error;
    /// nil where none is found.
    func step(
        errorAtMost limit: Double, in steps: ClosedRange<Float>, _ values: UnsafePointer<Float>, threads: Int
    ) -> (step: Float, error: Double)? {
        let limit = min(limit, .greatestFiniteMagnitude)
        func error(_ step: Float) -> Double { expectedErrors(values, count: count, steps: [step], threads: threads)[0] }
        func clamped(_ step: Float) -> Float { min(max(step, steps.lowerBound), steps.upperBound) }
        // Dithered, or where the step is small beside the values: error step^2 / 12, or step^2 / 6 on average.
        let estimate = Float((limit * (rounding == .dithered ? 12 : 6) / Double(count)).squareRoot())
        // All numbers are multiples of the smallest one, in which tiny values have no error.
        guard estimate >= steps.lowerBound || steps.lowerBound == .leastNonzeroMagnitude else { return nil }
        var step = clamped(estimate)
        var reached = error(step)
        if rounding == .stochastic {
            for _ in 0..<8 where reached > limit || reached < 0.999 * limit {
                step *= Float((limit / max(reached, limit / 100)).squareRoot() * (reached > limit ? 0.9995 : 0.9998))
                step = clamped(step)
                reached = error(step)
            }
        }
        // A value errs by at most step^2 / 4: falling steps meet the limit, though not every smaller step errs less.
        var tries = 0
        while reached > limit {
            step = rounding == .dithered ? step.nextDown : min(step * (tries < 64 ? 0.999 : 0.9), step.nextDown)
            guard step >= steps.lowerBound else { return nil }
            (reached, tries) = (error(step), tries + 1)
        }
        return (step, reached)
    }

    /// Estimated bytes of a tensor on the lattices of 2...8 bits, from the entropy of its expected codes.
    func estimatedBytes(_ values: UnsafePointer<Float>, count: Int, largest: Float, threads: Int) -> [Int] {
        let widths = Array(CodeWidths.all)
        guard count >= LatticeStorage.fewestCoded else {
            return widths.map { bits in
                let largestCode = Int32(min((largest / step(bits: Double(bits))).rounded(), 0x1p30)) + 1
                return 4 + WideCodes.bytes(count: count, bits: WideCodes.bits(for: largestCode))
            }
        }
        let fine = step(bits: Double(widths[widths.count - 1] + Self.extraBits))
        let largestCode = Int(min(Double(Self.mostCodes), (Double(largest) / Double(fine)).rounded(.up)))
        var codes = ExpectedCodes(codeHistogram(values, count: count, step: fine, largest: largestCode, threads: threads))
        for _ in 0..<Self.extraBits { codes.double() }
        let bytes = widths.map { _ in
            defer { codes.double() }
            return Self.codedBytes(codes.counts, count: count)
        }
        return bytes.reversed()
    }

    /// By how much the histogram that sizes are estimated from is finer than the finest lattice.
    private static let extraBits = 2
    /// Codes beyond this on either side count as this in the histogram.
    private static let mostCodes = 8191

    /// Bytes of range-coded codes with this histogram: entropy, tables and streams.
    private static func codedBytes(_ counts: [Double], count: Int) -> Int {
        var bits = 0.0
        var symbols = 0
        for occurrences in counts where occurrences > 0 {
            bits -= occurrences * binaryLogarithm(occurrences / Double(count))
            symbols += 1
        }
        return Int(bits / 8) + bytesBesideCodes(count: count, symbols: symbols)
    }

    /// Bytes of a range-coded tensor's tables and streams without the codes.
    static func bytesBesideCodes(count: Int, symbols: Int) -> Int {
        LatticeStorage.chunks(count) * (8 + 4 * CodedSymbols.lanes) + min(symbols, 256) * 5 / 4 + 10
    }
}
