import Kernels

/// Sizes around the vector width (8), the chunk (64), the thread block (16,384) and the run of the error sum (512).
let quantizationSizes = [1, 7, 8, 9, 19, 63, 64, 65, 131, 511, 512, 513, 1029, 16_383, 16_384, 16_385, 33_000]

/// Normal numbers with an exact zero at every eleventh place.
func testValues(_ count: Int, seed: UInt64 = 1, scale: Float = 0.05) -> [Float] {
    var generator = CounterRandom(seed: seed, stream: .initialization).generator()
    return (0..<count).map { $0 % 11 == 3 ? 0 : Float(generator.nextNormal()) * scale }
}

/// Scales of all groups.
func testScales(_ values: [Float], geometry: GroupGeometry, format: CodeFormat) -> [GroupScale] {
    MagnitudeStatistics(values, geometry: geometry, threads: 1).ranges.map(format.scale(for:))
}

/// All code formats: the paper's grid at 3...8 bits, the zero grid at 2...8.
let allFormats =
    (3...8).map { CodeFormat(bits: $0, levelShift: 1) } + (2...8).map { CodeFormat(bits: $0, levelShift: 0) }

/// `quantizeAndPack` into an array, followed by `guardBytes` bytes that must stay 0xA5.
func packedValues(
    _ values: [Float], geometry: GroupGeometry, scales: [GroupScale], format: CodeFormat, random: CounterRandom,
    threads: Int = 1, guardBytes: Int = 0
) -> [UInt8] {
    var packed = [UInt8](repeating: 0xA5, count: format.packedBytes(values.count) + guardBytes)
    quantizeAndPack(
        values, geometry: geometry, scales: scales, format: format, random: random, into: &packed, threads: threads)
    return packed
}
