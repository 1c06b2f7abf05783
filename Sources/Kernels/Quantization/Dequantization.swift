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
    let decoder = BlockDecoder(packed, geometry: geometry, scales: scales, format: format)
    parallelFor(count: CodingBlocks.count(geometry.count), threads: threads) { block in
        decoder.forEachEight(of: block) { index, eight, count in
            // SAFETY: `count` elements from `index` on lie inside the tensor.
            if count == 8 {
                UnsafeMutableRawPointer(values + index).storeBytes(of: eight, as: SIMD8<Float>.self)
            } else {
                for lane in 0..<count { values[index + lane] = eight[lane] }
            }
        }
    }
}

/// Decodes a packed tensor block by block, eight values at a time.
struct BlockDecoder {
    private let packed: UnsafePointer<UInt8>
    private let geometry: ScopeGeometry
    private let scales: [ScopeScale]
    private let lanes: CodeLanes
    private let signBit: UInt32
    private let levelShift: Float

    init(_ packed: UnsafePointer<UInt8>, geometry: ScopeGeometry, scales: [ScopeScale], format: CodeFormat) {
        precondition(scales.count == geometry.scopeCount, "one scale a scope")
        (self.packed, self.geometry, self.scales) = (packed, geometry, scales)
        lanes = CodeLanes(bits: format.bits)
        signBit = 1 << UInt32(format.bits - 1)
        levelShift = Float(format.levelShift)
    }

    /// Calls `body` with the index of the first of eight elements, their values, and how many of them are the tensor's.
    @inline(__always)
    func forEachEight(of block: Int, _ body: (_ index: Int, _ values: SIMD8<Float>, _ count: Int) -> Void) {
        let elements = CodingBlocks.elements(block, of: geometry.count)
        scales.withUnsafeBufferPointer { scales in
            // SAFETY: a tensor with a block has elements, so it has scales.
            var cursor = ScopeCursor(scales.baseAddress!, geometry: geometry, at: elements.lowerBound)
            // All but the block's last chunk have a whole chunk behind them.
            let careful = max(elements.lowerBound, (elements.upperBound - 65) & ~63)
            for first in stride(from: elements.lowerBound, to: careful, by: 8) {
                body(first, values(lanes.unpack(packed, first: first), cursor.next(first)), 8)
            }
            for first in stride(from: careful, to: elements.upperBound, by: 8) {
                let codes = lanes.unpackLast(packed, first: first, of: geometry.count)
                body(first, values(codes, cursor.next(first)), min(8, elements.upperBound - first))
            }
        }
    }

    /// - Parameter codes: with zeros above the code's bits.
    @inline(__always)
    private func values(_ codes: SIMD8<UInt32>, _ scale: (offset: SIMD8<Float>, step: SIMD8<Float>)) -> SIMD8<Float> {
        let code = unsafeBitCast((codes ^ signBit) &- signBit, to: SIMD8<Int32>.self)
        let negative = code &>> 31
        let sized = floats(unsafeBitCast((code ^ negative) &- negative, to: SIMD8<UInt32>.self))
        let magnitude = scale.offset + (sized - levelShift) * scale.step
        let signed = unsafeBitCast(magnitude, to: SIMD8<Int32>.self) | (code & Int32.min)
        return unsafeBitCast(signed, to: SIMD8<Float>.self).replacing(with: 0, where: sized .== 0)
    }
}

/// Integers below 2^23 as floats, without the library's conversion, which compilers may leave as a call.
@inline(__always)
func floats(_ values: SIMD8<UInt32>) -> SIMD8<Float> {
    unsafeBitCast(values | Float(0x1p23).bitPattern, to: SIMD8<Float>.self) - 0x1p23
}

/// The value of one code, in plain form.
package func dequantizedReference(_ code: Int, scale: ScopeScale, format: CodeFormat) -> Float {
    guard code != 0 else { return 0 }
    let magnitude = scale.magnitude(level: abs(code) - format.levelShift)
    return code < 0 ? -magnitude : magnitude
}
