import Kernels
import Testing

@Suite struct QuantizationSumTests {
    private static let random = CounterRandom(seed: 8, stream: .rounding)

    @Test(arguments: quantizationSizes)
    func decodedSumsEqualTheReference(count: Int) {
        let values = testValues(count, seed: 11)
        let fixedPoint = FixedPointScale(exponent: 30)
        for groupSize in [0, 5, 64] {
            let geometry = GroupGeometry(count: count, groupSize: groupSize)
            for (format, weight) in zip(allFormats, [1, 3, 70_000, UInt32.max, 12, 5, 2, 9, 1 << 31, 77, 4, 6, 8]) {
                let scales = testScales(values, geometry: geometry, format: format)
                let packed = packedValues(
                    values, geometry: geometry, scales: scales, format: format, random: Self.random)
                let start = (0..<count).map { Int64($0) - 7 }
                var sums = start + [99]
                dequantizeAccumulate(
                    packed, geometry: geometry, scales: scales, format: format, fixedPoint: fixedPoint, weight: weight,
                    accumulatingInto: &sums, threads: 2)
                let reference = (0..<count).map { index in
                    let code = unpackedCodeReference(packed, index, bits: format.bits)
                    let value = dequantizedReference(code, scale: scales[index / geometry.groupSize], format: format)
                    return start[index] + Int64(weight) * fixedPoint.fixedReference(value)
                }
                #expect(sums == reference + [99])
            }
        }
    }

    /// Element i of a block in lane `i % 8`, lanes in order, blocks in order.
    @Test(arguments: quantizationSizes)
    func squaredDistancesEqualTheReference(count: Int) {
        let (values, base) = (testValues(count, seed: 13), testValues(count, seed: 14, scale: 0.5))
        func reference(_ base: [Float]?) -> Double {
            stride(from: 0, to: count, by: 1 << 14).reduce(0.0) { sum, first in
                var lanes = [Double](repeating: 0, count: 8)
                for index in first..<min(first + 1 << 14, count) {
                    let difference = Double(values[index]) - Double(base?[index] ?? 0)
                    lanes[(index - first) % 8] += difference * difference
                }
                return sum + lanes.reduce(0, +)
            }
        }
        for threads in 1...2 {
            #expect(squaredDistance(values, from: base, count: count, threads: threads) == reference(base))
            #expect(squaredDistance(values, from: nil, count: count, threads: threads) == reference(nil))
        }
        guard count > 0 else { return }
        var broken = values
        broken[count - 1] = .nan
        #expect(squaredDistance(broken, from: base, count: count, threads: 1).isNaN)
    }

    @Test(arguments: quantizationSizes)
    func rawSumsEqualTheReference(count: Int) {
        let values = testValues(count, seed: 12, scale: 1000)
        let fixedPoint = FixedPointScale(exponent: 30)
        var sums = [Int64](repeating: -5, count: count + 1)
        accumulate(values, count: count, fixedPoint: fixedPoint, weight: 123_456, accumulatingInto: &sums, threads: 2)
        #expect(sums == values.map { 123_456 * fixedPoint.fixedReference($0) - 5 } + [-5])
    }

    @Test(arguments: quantizationSizes)
    func meansEqualTheReference(count: Int) {
        var generator = CounterRandom(seed: 13, stream: .sampling).generator()
        let sums = (0..<count).map { Int64(bitPattern: generator.next()) >> Int64($0 % 64) }
        let base = testValues(count, seed: 14)
        let fixedPoint = FixedPointScale(exponent: 40)
        let unit = 1 / (Double(12_345) * fixedPoint.factor)
        var means = [Float](repeating: 7, count: count + 1)
        weightedMean(
            sums, count: count, fixedPoint: fixedPoint, totalWeight: 12_345, base: nil, into: &means, threads: 2)
        #expect(means == sums.map { weightedMeanReference($0, unit: unit, base: nil) } + [7])
        weightedMean(
            sums, count: count, fixedPoint: fixedPoint, totalWeight: 12_345, base: base, into: &means, threads: 1)
        #expect(means == zip(sums, base).map { weightedMeanReference($0, unit: unit, base: $1) } + [7])
    }

    /// Ties go to even, at both signs and at the largest magnitude that is allowed.
    @Test func fixedPointRoundsToNearestEven() {
        let values: [Float] = [0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0x1p50, -0x1p50, 0.25]
        var sums = [Int64](repeating: 0, count: 9)
        accumulate(values, count: 9, fixedPoint: FixedPointScale(exponent: 0), weight: 1, accumulatingInto: &sums, threads: 1)
        #expect(sums == [0, 2, 2, 0, -2, -2, 1 << 50, -(1 << 50), 0])
    }
}
