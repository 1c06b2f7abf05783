import CKernels

/// XXH3-64 (seed 0) of raw bytes.
package func hash64(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    // SAFETY: `bytes` addresses `bytes.count` readable bytes; with none, the hash reads nothing.
    var none: UInt8 = 0
    guard let base = bytes.baseAddress else { return gd_xxh3_64(&none, 0) }
    return gd_xxh3_64(base.assumingMemoryBound(to: UInt8.self), Int64(bytes.count))
}

/// XXH3-128 (seed 0) of raw bytes, low half first.
package func hash128(_ bytes: UnsafeRawBufferPointer) -> (low: UInt64, high: UInt64) {
    // SAFETY: as above.
    var none: UInt8 = 0
    guard let base = bytes.baseAddress else {
        let hash = gd_xxh3_128(&none, 0)
        return (hash.low, hash.high)
    }
    let hash = gd_xxh3_128(base.assumingMemoryBound(to: UInt8.self), Int64(bytes.count))
    return (hash.low, hash.high)
}

/// A hash as 32 digits, the high half first, as `xxhsum -H2` prints it.
package func hexadecimal(_ hash: (low: UInt64, high: UInt64)) -> String {
    [hash.high, hash.low].map { half in
        let digits = String(half, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
}
