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
        let unit = (2 * Double.pi * Self.euler * squaredNorm / Double(count)).squareRoot()
        return max(Float(unit * exponential2(-bits)), .leastNormalMagnitude)
    }

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

    /// The largest step whose exact expected error on all `values` is at most `limit`, which is positive (precondition), and that error.
    func step(errorAtMost limit: Double, _ values: UnsafePointer<Float>, threads: Int) -> (step: Float, error: Double) {
        precondition(limit > 0, "a lattice needs a positive error")
        func error(_ step: Float) -> Double { expectedErrors(values, count: count, steps: [step], threads: threads)[0] }
        // Dithered, or where the step is small beside the values: error step^2 / 12, or step^2 / 6 on average.
        var step = Float((limit * (rounding == .dithered ? 12 : 6) / Double(count)).squareRoot())
        var reached = error(step)
        guard rounding == .stochastic else {
            while reached > limit { (step, reached) = (step.nextDown, error(step.nextDown)) }
            return (step, reached)
        }
        for _ in 0..<8 where reached > limit || reached < 0.999 * limit {
            step *= Float((limit / max(reached, limit / 100)).squareRoot() * (reached > limit ? 0.9995 : 0.9998))
            reached = error(step)
        }
        while reached > limit { (step, reached) = (step * 0.999, error(step * 0.999)) }
        return (step, reached)
    }

    /// Estimated bytes of a tensor on the lattices of 2...8 bits, from the entropy of its expected codes.
    func estimatedBytes(_ values: UnsafePointer<Float>, count: Int, largest: Float, threads: Int) -> [Int] {
        let widths = Array(CodeWidths.all)
        guard count >= LatticeStorage.fewestCoded else {
            return widths.map { bits in
                let largestCode = Int32(clamping: Int((largest / step(bits: Double(bits))).rounded()) + 1)
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
