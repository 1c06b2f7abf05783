/// Decodes a packed tensor to floats.
///
/// - Parameters:
///   - packed: `format.packedBytes(geometry.count)` bytes without a reserved code.
///   - scales: one for each scope.
///   - values: `geometry.count` elements, overwritten.
package func unpackAndDequantize(
    _ packed: UnsafePointer<UInt8>, geometry: ScopeGeometry, scales: [ScopeScale], format: CodeFormat,
    into values: UnsafeMutablePointer<Float>, threads: Int
) {
    forEachDecodedEight(packed, geometry: geometry, scales: scales, format: format, threads: threads) { index, eight, count in
        // SAFETY: `count` elements from `index` on lie inside the tensor.
        if count == 8 {
            UnsafeMutableRawPointer(values + index).storeBytes(of: eight, as: SIMD8<Float>.self)
        } else {
            for lane in 0..<count { values[index + lane] = eight[lane] }
        }
    }
}

/// Decodes a packed tensor and hands it out eight values at a time: first element, values, and how many of them are the tensor's.
/// Threads work on different blocks at the same time.
@inline(__always)
func forEachDecodedEight(
    _ packed: UnsafePointer<UInt8>, geometry: ScopeGeometry, scales: [ScopeScale], format: CodeFormat, threads: Int,
    _ body: (_ index: Int, _ values: SIMD8<Float>, _ count: Int) -> Void
) {
    precondition(scales.count == geometry.scopeCount, "one scale a scope")
    let packing = BitPacking(bits: format.bits)
    let levels = LevelDecoding(format)
    scales.withUnsafeBufferPointer { buffer in
        guard let scales = buffer.baseAddress else { return }
        parallelFor(count: CodingBlocks.count(geometry.count), threads: threads) { block in
            let elements = CodingBlocks.elements(block, of: geometry.count)
            var cursor = ScopeCursor(scales, geometry: geometry, at: elements.lowerBound)
            for first in stride(from: elements.lowerBound, to: elements.upperBound, by: 64) {
                let codes = packing.unpack(packed, first: first, of: geometry.count)
                for group in 0..<8 {
                    let index = first + 8 * group
                    let count = min(8, elements.upperBound - index)
                    if count <= 0 { break }
                    body(index, levels.values(codes[group], cursor.next(index)), count)
                }
            }
        }
    }
}

/// Turns eight codes at a time into values.
private struct LevelDecoding {
    private let signBit: Int32
    private let levelShift: Float

    init(_ format: CodeFormat) {
        signBit = 1 << Int32(format.bits - 1)
        levelShift = Float(format.levelShift)
    }

    /// - Parameter codes: a byte each, with zeros above the code's bits.
    @inline(__always)
    func values(_ codes: UInt64, _ scale: (offset: SIMD8<Float>, step: SIMD8<Float>)) -> SIMD8<Float> {
        let raw = SIMD8<Int32>(truncatingIfNeeded: unsafeBitCast(codes, to: SIMD8<UInt8>.self))
        let code = (raw ^ signBit) &- signBit
        let sign = code & Int32.min
        let sized = SIMD8<Float>((code ^ (code &>> 31)) &- (code &>> 31))
        let magnitude = scale.offset + (sized - levelShift) * scale.step
        let signed = unsafeBitCast(unsafeBitCast(magnitude, to: SIMD8<Int32>.self) | sign, to: SIMD8<Float>.self)
        return signed.replacing(with: 0, where: sized .== 0)
    }
}

/// The value of one code, in plain form.
package func dequantizedReference(_ code: Int, scale: ScopeScale, format: CodeFormat) -> Float {
    guard code != 0 else { return 0 }
    let magnitude = scale.magnitude(level: abs(code) - format.levelShift)
    return code < 0 ? -magnitude : magnitude
}
