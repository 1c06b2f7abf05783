import CKernels

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

    /// The integer nearest to `value * 2^exponent`, in plain form.
    package func fixedReference(_ value: Float) -> Int64 { Int64((Double(value) * factor).rounded(.toNearestOrEven)) }

    /// As the kernels take it.
    fileprivate func kernel(weight: UInt32) -> gd_fixed_point { gd_fixed_point(factor: factor, weight: weight) }
}

/// `sums[i] += weight * fixed(value of code i)`: decodes a packed tensor straight into the sums.
package func dequantizeAccumulate(
    _ packed: UnsafePointer<UInt8>, geometry: GroupGeometry, scales: [GroupScale], format: CodeFormat,
    fixedPoint: FixedPointScale, weight: UInt32, accumulatingInto sums: UnsafeMutablePointer<Int64>, threads: Int
) {
    withLevelCodes(scales, geometry, format) { codes in
        CodingBlocks.forEach(of: geometry.count, threads: threads) { elements in
            // SAFETY: blocks lie inside the tensor, and no two of them share a sum.
            InstructionSet.codes.dequantize_add(
                packed, gd_elements(elements), codes, fixedPoint.kernel(weight: weight),
                sums)
        }
    }
}

/// `sums[i] += weight * fixed(values[i])` for `count` little-endian floats, which need no alignment.
package func accumulate(
    _ values: UnsafeRawPointer, count: Int, fixedPoint: FixedPointScale, weight: UInt32,
    accumulatingInto sums: UnsafeMutablePointer<Int64>, threads: Int
) {
    CodingBlocks.forEach(of: count, threads: threads) { elements in
        // SAFETY: blocks lie in 0..<count, and no two of them share a sum.
        InstructionSet.codes.add_fixed(
            values + 4 * elements.lowerBound, Int64(elements.count), fixedPoint.kernel(weight: weight), sums + elements.lowerBound
        )
    }
}

/// `values[i] = base[i] + sums[i] / (totalWeight * 2^exponent)`, computed in Double and rounded once; `base` nil counts as zero.
///
/// `values` may be `base`.
package func weightedMean(
    _ sums: UnsafePointer<Int64>, count: Int, fixedPoint: FixedPointScale, totalWeight: Int, base: UnsafePointer<Float>?,
    into values: UnsafeMutablePointer<Float>, threads: Int
) {
    let unit = 1 / (Double(totalWeight) * fixedPoint.factor)
    CodingBlocks.forEach(of: count, threads: threads) { elements in
        let whole = elements.lowerBound + elements.count & ~3
        // SAFETY: blocks lie in 0..<count.
        for index in stride(from: elements.lowerBound, to: whole, by: 4) {
            var means = doubles(UnsafeRawPointer(sums + index).loadUnaligned(as: SIMD4<Int64>.self)) * unit
            if let base { means += SIMD4<Double>(UnsafeRawPointer(base + index).loadUnaligned(as: SIMD4<Float>.self)) }
            UnsafeMutableRawPointer(values + index).storeBytes(of: SIMD4<Float>(means), as: SIMD4<Float>.self)
        }
        for index in whole..<elements.upperBound {
            values[index] = weightedMeanReference(sums[index], unit: unit, base: base?[index])
        }
    }
}

/// The nearest doubles: the halves convert exactly, so only their sum rounds.
@inline(__always)
private func doubles(_ values: SIMD4<Int64>) -> SIMD4<Double> {
    let magic = SIMD4<Double>(repeating: 0x1p52)
    let lowBits = unsafeBitCast(values, to: SIMD4<UInt64>.self) & 0xFFFF_FFFF | unsafeBitCast(magic, to: SIMD4<UInt64>.self)
    let low = unsafeBitCast(lowBits, to: SIMD4<Double>.self) - magic
    return SIMD4<Double>(SIMD4<Int32>(truncatingIfNeeded: values &>> 32)) * 0x1p32 + low
}

/// One element of `weightedMean`, in plain form; `unit` is `1 / (totalWeight * 2^exponent)`.
package func weightedMeanReference(_ sum: Int64, unit: Double, base: Float?) -> Float {
    let mean = Double(sum) * unit
    return Float(base.map { Double($0) + mean } ?? mean)
}
