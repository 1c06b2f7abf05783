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

    /// The integers nearest to `values * 2^exponent`: adding 1.5 * 2^52 leaves them in the significand's low bits.
    @inline(__always)
    fileprivate func fixed(_ values: SIMD4<Float>) -> SIMD4<UInt64> {
        let magic = SIMD4<Double>(repeating: 0x1.8p52)
        let shifted = SIMD4<Double>(values) * SIMD4(repeating: factor) + magic
        return unsafeBitCast(shifted, to: SIMD4<UInt64>.self) &- unsafeBitCast(magic, to: SIMD4<UInt64>.self)
    }
}

/// The low 64 bits of products with a 32-bit weight: two 32-bit multiplications, which vector units have.
@inline(__always)
private func product(_ values: SIMD4<UInt64>, _ weight: UInt32) -> SIMD4<UInt64> {
    let weights = SIMD4(repeating: UInt64(weight))
    return (values & 0xFFFF_FFFF) &* weights &+ (((values &>> 32) &* weights) &<< 32)
}

@inline(__always)
private func accumulate(
    _ values: SIMD8<Float>, _ fixedPoint: FixedPointScale, _ weight: UInt32, into sums: UnsafeMutablePointer<Int64>
) {
    // SAFETY: the caller's `sums` addresses eight sums.
    let target = UnsafeMutableRawPointer(sums)
    // The sums come from memory, and the arithmetic between them hides them from the processor's own look-ahead.
    gd_prefetch(target + 4096)
    let low = target.loadUnaligned(as: SIMD4<UInt64>.self) &+ product(fixedPoint.fixed(values.lowHalf), weight)
    let high =
        target.loadUnaligned(fromByteOffset: 32, as: SIMD4<UInt64>.self) &+ product(fixedPoint.fixed(values.highHalf), weight)
    target.storeBytes(of: low, as: SIMD4<UInt64>.self)
    target.storeBytes(of: high, toByteOffset: 32, as: SIMD4<UInt64>.self)
}

/// `sums[i] += weight * fixed(value of code i)`: decodes a packed tensor straight into the sums.
package func dequantizeAccumulate(
    _ packed: UnsafePointer<UInt8>, geometry: ScopeGeometry, scales: [ScopeScale], format: CodeFormat,
    fixedPoint: FixedPointScale, weight: UInt32, accumulatingInto sums: UnsafeMutablePointer<Int64>, threads: Int
) {
    let decoder = BlockDecoder(packed, geometry: geometry, scales: scales, format: format)
    parallelFor(count: CodingBlocks.count(geometry.count), threads: threads) { block in
        decoder.forEachEight(of: block) { index, eight, count in
            // SAFETY: `count` elements from `index` on lie inside the tensor.
            if count == 8 {
                accumulate(eight, fixedPoint, weight, into: sums + index)
            } else {
                for lane in 0..<count { sums[index + lane] += Int64(weight) * fixedPoint.fixedReference(eight[lane]) }
            }
        }
    }
}

/// `sums[i] += weight * fixed(values[i])` for `count` little-endian floats, which need no alignment.
package func accumulate(
    _ values: UnsafeRawPointer, count: Int, fixedPoint: FixedPointScale, weight: UInt32,
    accumulatingInto sums: UnsafeMutablePointer<Int64>, threads: Int
) {
    parallelFor(count: CodingBlocks.count(count), threads: threads) { block in
        let elements = CodingBlocks.elements(block, of: count)
        let whole = elements.lowerBound + elements.count & ~7
        // SAFETY: blocks lie in 0..<count.
        for index in stride(from: elements.lowerBound, to: whole, by: 8) {
            let eight = values.loadUnaligned(fromByteOffset: 4 * index, as: SIMD8<Float>.self)
            accumulate(eight, fixedPoint, weight, into: sums + index)
        }
        for index in whole..<elements.upperBound {
            let value = values.loadUnaligned(fromByteOffset: 4 * index, as: Float.self)
            sums[index] += Int64(weight) * fixedPoint.fixedReference(value)
        }
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
    parallelFor(count: CodingBlocks.count(count), threads: threads) { block in
        let elements = CodingBlocks.elements(block, of: count)
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
