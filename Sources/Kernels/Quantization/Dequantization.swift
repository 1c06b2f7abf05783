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
    precondition(scales.count == geometry.scopeCount, "one scale a scope")
    for index in 0..<geometry.count {
        values[index] = dequantizedReference(
            unpackedCodeReference(packed, index, bits: format.bits), scale: scales[index / geometry.scopeSize], format: format)
    }
}

/// The value of one code, in plain form.
package func dequantizedReference(_ code: Int, scale: ScopeScale, format: CodeFormat) -> Float {
    guard code != 0 else { return 0 }
    let magnitude = scale.magnitude(level: abs(code) - format.levelShift)
    return code < 0 ? -magnitude : magnitude
}
