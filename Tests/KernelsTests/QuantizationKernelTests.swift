import Kernels
import Testing

@Suite struct QuantizationKernelTests {
    static let random = CounterRandom(seed: 3, stream: .rounding, round: 4, device: 5, item: 6)

    @Test(arguments: quantizationSizes)
    func packedCodesEqualTheReference(count: Int) {
        let values = testValues(count)
        for groupSize in [0, 1, 3, 8, 13, 64, 100, 256] {
            let geometry = GroupGeometry(count: count, groupSize: groupSize)
            for format in allFormats where count < 2000 || format.bits % 3 == 0 {
                let scales = testScales(values, geometry: geometry, format: format)
                var reference = [UInt8](repeating: 0xFF, count: format.packedBytes(count)) + [0xA5, 0xA5]
                quantizeAndPackReference(
                    values, geometry: geometry, scales: scales, format: format, random: Self.random, into: &reference)
                for threads in 1...2 {
                    let packed = packedValues(
                        values, geometry: geometry, scales: scales, format: format, random: Self.random, threads: threads,
                        guardBytes: 2)
                    #expect(packed == reference, "group size \(groupSize), \(format), \(threads) threads")
                }
            }
        }
    }

    @Test(arguments: quantizationSizes)
    func statisticsEqualTheReference(count: Int) {
        var values = testValues(count, seed: 2)
        if count > 100 { values.replaceSubrange(40..<60, with: repeatElement(0, count: 20)) }
        for groupSize in [0, 1, 7, 10, 512, 20_000] {
            let geometry = GroupGeometry(count: count, groupSize: groupSize)
            let one = MagnitudeStatistics(values, geometry: geometry, threads: 1)
            let two = MagnitudeStatistics(values, geometry: geometry, threads: 2)
            #expect(one.ranges == two.ranges && one.squaredNorm == two.squaredNorm)
            #expect(one.firstRejected == nil)
            for group in 0..<geometry.groupCount {
                let reference = magnitudeStatisticsReference(Array(values[geometry.range(group)]))
                #expect(one.ranges[group] == reference.range)
            }
            let exact = values.reduce(0.0) { $0 + Double($1) * Double($1) }
            #expect(abs(one.squaredNorm - exact) <= 1e-12 * exact)
        }
        #expect(
            MagnitudeStatistics(values, geometry: GroupGeometry(count: min(count, 16_384), groupSize: 0), threads: 1).squaredNorm
                == magnitudeStatisticsReference(Array(values.prefix(16_384))).squares)
    }

    @Test(arguments: quantizationSizes)
    func expectedErrorEqualsTheReference(count: Int) {
        let values = testValues(count, seed: 5)
        for groupSize in [0, 5, 300, 513] {
            let geometry = GroupGeometry(count: count, groupSize: groupSize)
            let ranges = MagnitudeStatistics(values, geometry: geometry, threads: 1).ranges
            let one = expectedSquaredErrors(values, geometry: geometry, ranges: ranges, formats: allFormats, threads: 1)
            #expect(one == expectedSquaredErrors(values, geometry: geometry, ranges: ranges, formats: allFormats, threads: 2))
            for (format, error) in zip(allFormats, one) {
                let references = (0..<geometry.groupCount).map { group in
                    expectedSquaredErrorReference(
                        Array(values[geometry.range(group)]), scale: format.scale(for: ranges[group]), format: format)
                }
                #expect(abs(error - references.reduce(0, +)) <= 1e-12 * error, "group size \(groupSize), \(format)")
            }
        }
    }

    @Test(arguments: quantizationSizes)
    func dequantizedValuesEqualTheReference(count: Int) {
        let values = testValues(count, seed: 7)
        for groupSize in [0, 3, 8, 100] {
            let geometry = GroupGeometry(count: count, groupSize: groupSize)
            for format in allFormats {
                let scales = testScales(values, geometry: geometry, format: format)
                let packed = packedValues(
                    values, geometry: geometry, scales: scales, format: format, random: Self.random, threads: 2)
                var decoded = [Float](repeating: .nan, count: count + 1)
                unpackAndDequantize(
                    packed, geometry: geometry, scales: scales, format: format, into: &decoded, threads: 2)
                let reference = (0..<count).map { index in
                    dequantizedReference(
                        unpackedCodeReference(packed, index, bits: format.bits), scale: scales[index / geometry.groupSize],
                        format: format)
                }
                #expect(Array(decoded.dropLast()) == reference)
                #expect(decoded[count].isNaN)
            }
        }
    }

    @Test func roundingBitsAreUniform() {
        let count = 64 * 1024
        var sum = 0.0
        var histogram = [Int](repeating: 0, count: 16)
        for index in 0..<count {
            let bits = roundingBitsReference(Self.random, index)
            sum += (Double(bits) + 0.5) / 65_536
            histogram[Int(bits >> 12)] += 1
        }
        #expect(abs(sum / Double(count) - 0.5) < 4 * (1 / 12.0 / Double(count)).squareRoot())
        let expected = Double(count) / 16
        let chiSquare = histogram.reduce(0.0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
        #expect(chiSquare < 45)
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity, 0x1p127, -.greatestFiniteMagnitude])
    func valuesThatCannotBeCodedAreFound(value: Float) {
        for place in [0, 5, 63, 64, 20_000] {
            var values = testValues(20_001)
            values[place] = value
            values[20_000] = .nan
            for groupSize in [0, 64, 7] {
                let geometry = GroupGeometry(count: values.count, groupSize: groupSize)
                #expect(MagnitudeStatistics(values, geometry: geometry, threads: 2).firstRejected == place)
            }
        }
    }
}
