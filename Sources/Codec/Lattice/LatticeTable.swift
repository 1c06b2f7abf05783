import Kernels

/// What a lattice of each width costs, found before anything is coded.
struct LatticeSurvey {
    /// Values of all tensors, their squared norm, and how they are rounded.
    let count: Int
    let squaredNorm: Double
    let rounding: LatticeRounding

    /// The step called `bits` bits: a model of normal weights of one size costs that many bits a value, `sqrt(2 pi e) * rms / 2^bits`.
    /// 1 where all values are zero.
    func step(bits: Double) -> Float {
        guard squaredNorm > 0 else { return 1 }
        let unit = (2 * Double.pi * 2.718281828459045 * squaredNorm / Double(count)).squareRoot()
        return max(Float(unit * exponential2(-bits)), .leastNormalMagnitude)
    }

    /// Exact expected squared error of a tensor on the lattices of `steps`.
    func expectedErrors(_ values: UnsafePointer<Float>, count: Int, steps: [Float], threads: Int) -> [Double] {
        if squaredNorm == 0 { return steps.map { _ in 0 } }
        switch rounding {
        case .dithered: return steps.map { Double(count) * Double($0) * Double($0) / 12 }
        case .stochastic: return latticeSquaredErrors(values, count: count, steps: steps, threads: threads)
        }
    }

    /// Estimated bytes of a tensor on the lattices of 2...8 bits, from the entropy of its expected codes.
    func estimatedBytes(_ values: UnsafePointer<Float>, count: Int, largest: Float, threads: Int) -> [Int] {
        let widths = Array(QuantizationGrid.allBits)
        guard count >= LatticeLayout.fewestCoded else {
            return widths.map { bits in
                let largestCode = Int32(clamping: Int((largest / step(bits: Double(bits))).rounded()) + 1)
                return 4 + WideCodes.bytes(count: count, bits: WideCodes.bits(for: [largestCode]))
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

    /// How much finer than the finest lattice the histogram is from which all sizes are estimated.
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
        let streams = LatticeLayout.chunks(count) * (8 + 4 * CodedSymbols.lanes)
        return Int(bits / 8) + streams + min(symbols, 256) * 5 / 4 + 10
    }
}

/// How often each code of a tensor is expected: either rounding takes a value to one of the two multiples beside it, to the nearer one
/// with the higher probability.
private struct ExpectedCodes {
    /// From code `-largest` to code `largest`.
    private(set) var counts: [Double]
    private var largest: Int { counts.count / 2 }

    /// Of values on a lattice.
    init(_ histogram: [Int]) { counts = histogram.map(Double.init) }

    /// Goes on to the lattice that is twice as coarse: every other code goes half to the one, half to the other beside it. As often as that
    /// is done, what a code comes from is in proportion to the distances, and exact.
    mutating func double() {
        let half = (largest + 1) / 2
        var coarse = [Double](repeating: 0, count: 2 * half + 1)
        for (index, count) in counts.enumerated() where count > 0 {
            let code = index - largest
            if code & 1 == 0 {
                coarse[code / 2 + half] += count
            } else {
                coarse[(code - 1) / 2 + half] += count / 2
                coarse[(code + 1) / 2 + half] += count / 2
            }
        }
        counts = coarse
    }
}

extension ErrorTable {
    /// The largest step whose exact expected error does not exceed `limit`, an absolute squared error; for tables with grid `lattice`
    /// (precondition).
    ///
    /// - Parameter values: what the table was made of.
    public func latticeStep(errorAtMost limit: Double, values: Tensor, threads: Int = 1) -> Float {
        precondition(options.grid == .lattice && limit > 0, "a lattice needs a positive error")
        let count = Double(layout.parameterCount)
        // Dithered, or where the step is small beside the values: error step^2 / 12, or step^2 / 6 on average.
        var step = Float((limit * (options.rounding == .dithered ? 12 : 6) / count).squareRoot())
        guard options.rounding == .stochastic else {
            while count * Double(step) * Double(step) / 12 > limit { step = step.nextDown }
            return step
        }
        for _ in 0..<8 {
            let error = latticeSquaredErrors(values.base, count: values.count, steps: [step], threads: threads)[0]
            if error <= limit, error >= 0.999 * limit { break }
            step *= Float((limit / max(error, limit / 100)).squareRoot() * (error > limit ? 0.9995 : 0.9998))
        }
        while latticeSquaredErrors(values.base, count: values.count, steps: [step], threads: threads)[0] > limit { step *= 0.999 }
        return step
    }

    /// The step called `bits` bits, for tables with grid `lattice`.
    func latticeStep(bits: Double) -> Float {
        LatticeSurvey(count: layout.parameterCount, squaredNorm: summary.squaredNorm, rounding: options.rounding).step(bits: bits)
    }
}
