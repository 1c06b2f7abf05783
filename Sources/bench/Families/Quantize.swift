import Kernels

extension BenchmarkFamily {
    /// `quantize/b6/n37M/g256`: stochastic rounding to the paper's grid, whose scales are known, and packing. `unpack/...`: unpacking,
    /// dequantizing and adding to the fixed-point sums. Bits, values, values that share a scale (0: all).
    static let quantize = BenchmarkFamily(
        cases: ["quantize", "unpack"].flatMap { kind in
            (2...8).map { "\(kind)/b\($0)/n37M/g256" } + ["\(kind)/b8/n37M/g0"]
        },
        make: { problem, context in
            guard problem.parts.count == 4, ["quantize", "unpack"].contains(problem.parts[0]),
                let bits = problem.numbers(1, "b")?[0], (2...8).contains(bits),
                let count = problem.numbers(2, "n")?[0], count > 0, let group = problem.numbers(3, "g")?[0]
            else { return nil }
            let run = QuantizeRun(count: count, groupSize: group, bits: bits, threads: context.threads)
            let small = QuantizeRun(count: min(count, 100_003), groupSize: group, bits: bits, threads: context.threads)
            guard problem.parts[0] == "unpack" else {
                return Benchmark(
                    work: .bytes(4 * count + run.packedBytes),
                    verify: { () throws(VerificationError) in try small.verifyCodes() }, run: { run.quantize() })
            }
            run.quantize()
            return Benchmark(
                work: .bytes(run.packedBytes + 16 * count),
                verify: { () throws(VerificationError) in try small.verifySums() }, run: { run.accumulate() })
        })

    /// `certify/n37M/g256`: what comes before, magnitudes of all scopes and the exact expected error of every width 2...8.
    static let certify = BenchmarkFamily(
        cases: ["certify/n37M/g256", "certify/n37M/g0"],
        make: { problem, context in
            guard problem.parts.count == 3, problem.parts[0] == "certify", let count = problem.numbers(1, "n")?[0], count > 0,
                let group = problem.numbers(2, "g")?[0]
            else { return nil }
            let run = QuantizeRun(count: count, groupSize: group, bits: 8, threads: context.threads)
            let small = QuantizeRun(count: min(count, 10_003), groupSize: group, bits: 8, threads: context.threads)
            return Benchmark(
                work: .bytes(8 * count), verify: { () throws(VerificationError) in try small.verifyErrors() },
                run: { _ = run.certify() })
        })
}

/// A tensor on its way to codes, and from codes into sums.
private final class QuantizeRun {
    private let values: Tensor
    private let geometry: ScopeGeometry
    private let format: CodeFormat
    private let threads: Int
    private let random = CounterRandom(seed: 1, stream: .rounding)
    private let fixedPoint = FixedPointScale(exponent: 40)
    private var scales: [ScopeScale] = []
    private var packed: [UInt8]
    private let sums: FixedPointSums

    init(count: Int, groupSize: Int, bits: Int, threads: Int) {
        values = .random([count], item: 0)
        geometry = ScopeGeometry(count: count, groupSize: groupSize)
        format = Self.format(bits: bits)
        self.threads = threads
        packed = [UInt8](repeating: 0, count: format.packedBytes(count))
        sums = FixedPointSums(count: count)
        let survey = MagnitudeSurvey(UnsafeRawPointer(values.base), geometry: geometry, threads: threads)
        scales = survey.ranges.map(format.scale(for:))
    }

    private static func format(bits: Int) -> CodeFormat { CodeFormat(bits: bits, levelShift: bits == 2 ? 0 : 1) }

    /// The ranges of all scopes, and D(b) for b = 2...8.
    func certify() -> (ranges: [MagnitudeRange], errors: [Double]) {
        let survey = MagnitudeSurvey(UnsafeRawPointer(values.base), geometry: geometry, threads: threads)
        let errors = expectedSquaredErrors(
            values.base, geometry: geometry, ranges: survey.ranges, formats: (2...8).map(Self.format), threads: threads)
        return (survey.ranges, errors)
    }

    /// Every error must be the reference's, apart from the order of sums.
    func verifyErrors() throws(VerificationError) {
        let (ranges, errors) = certify()
        for (bits, error) in zip(2...8, errors) {
            let reference = (0..<geometry.scopeCount).reduce(0.0) { sum, scope in
                let part = geometry.range(scope).map { values[$0] }
                let format = Self.format(bits: bits)
                return sum + expectedSquaredErrorReference(part, scale: format.scale(for: ranges[scope]), format: format)
            }
            try VerificationError.check("relative difference of D(\(bits))", abs(error / reference - 1), atMost: 1e-12)
        }
    }

    var packedBytes: Int { packed.count }

    func quantize() {
        // SAFETY: `packed` holds the packed bytes of all values.
        packed.withUnsafeMutableBufferPointer { buffer in
            guard let target = buffer.baseAddress else { return }
            quantizeAndPack(
                values.base, geometry: geometry, scales: scales, format: format, random: random, into: target, threads: threads)
        }
    }

    func accumulate() {
        // SAFETY: `packed` and `sums` hold all values' codes and sums.
        packed.withUnsafeBufferPointer { codes in
            guard let codes = codes.baseAddress else { return }
            dequantizeAccumulate(
                codes, geometry: geometry, scales: scales, format: format, fixedPoint: fixedPoint, weight: 3,
                accumulatingInto: sums.base, threads: threads)
        }
    }

    /// Every byte must be the reference's.
    func verifyCodes() throws(VerificationError) {
        quantize()
        var reference = [UInt8](repeating: 0, count: packed.count)
        let scales = (0..<geometry.scopeCount).map { scope in
            let part = geometry.range(scope).map { values[$0] }
            return format.scale(for: surveyMagnitudesReference(part).range)
        }
        quantizeAndPackReference(
            values.base, geometry: geometry, scales: scales, format: format, random: random, into: &reference)
        let different = zip(packed, reference).count { $0 != $1 }
        try VerificationError.check("bytes of codes that differ", Double(different), atMost: 0)
    }

    /// Every sum must be the reference's.
    func verifySums() throws(VerificationError) {
        quantize()
        accumulate()
        let different = packed.withUnsafeBufferPointer { buffer in
            (0..<geometry.count).count { index in
                guard let codes = buffer.baseAddress else { return true }
                let code = unpackedCodeReference(codes, index, bits: format.bits)
                let value = dequantizedReference(code, scale: scales[index / geometry.scopeSize], format: format)
                return sums.base[index] != 3 * fixedPoint.fixedReference(value)
            }
        }
        try VerificationError.check("sums that differ", Double(different), atMost: 0)
    }
}
