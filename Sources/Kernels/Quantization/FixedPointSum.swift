/// Sums of weighted floats in 64-bit fixed point: exact integers, so every order of additions gives the same bits.
///
/// A float v enters as `weight * round(v * 2^exponent)`, ties to even. The caller keeps `|v * 2^exponent| <= 2^50` and the sum of
/// `weight * |v| * 2^exponent` below 2^63.
package struct FixedPointScale: Sendable, Equatable {
    /// The power of two that a float is multiplied with.
    package let exponent: Int
    /// `2^exponent`.
    package let factor: Double

    package init(exponent: Int) {
        precondition(abs(exponent) <= 1000, "no such fixed-point exponent")
        self.exponent = exponent
        factor = Double(sign: .plus, exponent: exponent, significand: 1)
    }

    /// The integer nearest to `value * 2^exponent`.
    package func fixed(_ value: Float) -> Int64 { Int64((Double(value) * factor).rounded(.toNearestOrEven)) }
}

/// `sums[i] += weight * fixed(value of code i)`: decodes a packed tensor straight into the sums.
package func dequantizeAccumulate(
    _ packed: UnsafePointer<UInt8>, geometry: ScopeGeometry, scales: [ScopeScale], format: CodeFormat,
    fixedPoint: FixedPointScale, weight: UInt32, accumulatingInto sums: UnsafeMutablePointer<Int64>, threads: Int
) {
    precondition(scales.count == geometry.scopeCount, "one scale a scope")
    for index in 0..<geometry.count {
        let code = unpackedCodeReference(packed, index, bits: format.bits)
        let value = dequantizedReference(code, scale: scales[index / geometry.scopeSize], format: format)
        sums[index] += Int64(weight) * fixedPoint.fixed(value)
    }
}

/// `sums[i] += weight * fixed(values[i])`.
package func accumulate(
    _ values: UnsafePointer<Float>, count: Int, fixedPoint: FixedPointScale, weight: UInt32,
    accumulatingInto sums: UnsafeMutablePointer<Int64>, threads: Int
) {
    for index in 0..<count { sums[index] += Int64(weight) * fixedPoint.fixed(values[index]) }
}

/// `values[i] = base[i] + sums[i] / (totalWeight * 2^exponent)`, computed in Double and rounded once; `base` nil counts as zero.
package func weightedMean(
    _ sums: UnsafePointer<Int64>, count: Int, fixedPoint: FixedPointScale, totalWeight: Int64, base: UnsafePointer<Float>?,
    into values: UnsafeMutablePointer<Float>, threads: Int
) {
    let unit = 1 / (Double(totalWeight) * fixedPoint.factor)
    for index in 0..<count {
        let mean = Double(sums[index]) * unit
        values[index] = Float(base.map { Double($0[index]) + mean } ?? mean)
    }
}
