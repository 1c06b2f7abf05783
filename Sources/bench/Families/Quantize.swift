import Kernels

extension BenchmarkFamily {
    /// `quantize/b6/n37M/g256`: ranges, stochastic rounding to the paper's grid, packing. `unpack/...`: unpacking, dequantizing and
    /// adding to the fixed-point sums. Bits, values, values that share a scale (0: all).
    static let quantize = BenchmarkFamily(
        cases: ["quantize", "unpack"].flatMap { kind in
            ["b6/n37M/g256", "b7/n37M/g256", "b8/n37M/g256", "b8/n37M/g0"].map { "\(kind)/\($0)" }
        },
        make: { problem, threads in
            guard problem.parts.count == 4, ["quantize", "unpack"].contains(problem.parts[0]),
                let bits = problem.numbers(1, "b")?[0], (3...8).contains(bits),
                let count = problem.numbers(2, "n")?[0], count > 0, let group = problem.numbers(3, "g")?[0]
            else { return nil }
            let run = QuantizeRun(count: count, groupSize: group, bits: bits, threads: threads)
            let small = QuantizeRun(count: min(count, 100_003), groupSize: group, bits: bits, threads: threads)
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
    private var sums: [Int64]

    init(count: Int, groupSize: Int, bits: Int, threads: Int) {
        values = .random([count], item: 0)
        geometry = ScopeGeometry(count: count, groupSize: groupSize)
        format = CodeFormat(bits: bits, levelShift: 1)
        self.threads = threads
        packed = [UInt8](repeating: 0, count: format.packedBytes(count))
        sums = [Int64](repeating: 0, count: count)
    }

    var packedBytes: Int { packed.count }

    func quantize() {
        let survey = MagnitudeSurvey(UnsafeRawPointer(values.base), geometry: geometry, threads: threads)
        scales = survey.ranges.map(format.scale(for:))
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
            sums.withUnsafeMutableBufferPointer { sums in
                guard let codes = codes.baseAddress, let target = sums.baseAddress else { return }
                dequantizeAccumulate(
                    codes, geometry: geometry, scales: scales, format: format, fixedPoint: fixedPoint, weight: 3,
                    accumulatingInto: target, threads: threads)
            }
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
                return sums[index] != 3 * fixedPoint.fixedReference(value)
            }
        }
        try VerificationError.check("sums that differ", Double(different), atMost: 0)
    }
}
