import CKernels

/// Decodes a packed tensor to floats.
///
/// - Parameters:
///   - packed: `format.packedBytes(geometry.count)` bytes without a reserved code.
///   - scales: one for each group.
///   - values: `geometry.count` elements, overwritten.
package func unpackAndDequantize(
    _ packed: UnsafePointer<UInt8>, geometry: GroupGeometry, scales: [GroupScale], format: CodeFormat,
    into values: UnsafeMutablePointer<Float>, threads: Int
) {
    withLevelCodes(scales, geometry, format) { codes in
        CodingBlocks.forEach(of: geometry.count, threads: threads) { elements in
            // SAFETY: blocks lie inside the tensor.
            InstructionSet.codes.dequantize(
                packed, gd_elements(elements), codes, values)
        }
    }
}

/// The value of one code, in plain form.
package func dequantizedReference(_ code: Int, scale: GroupScale, format: CodeFormat) -> Float {
    guard code != 0 else { return 0 }
    let magnitude = scale.magnitude(level: abs(code) - format.levelShift)
    return code < 0 ? -magnitude : magnitude
}
