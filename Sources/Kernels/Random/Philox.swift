/// Philox4x32-10, the counter-based generator of Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3" (SC 2011).
///
/// A pure function of key and counter: any thread can draw any block in any order and gets the same words.
package enum Philox {
    @usableFromInline static let multiplier0: UInt32 = 0xD251_1F53
    @usableFromInline static let multiplier1: UInt32 = 0xCD9E_8D57
    @usableFromInline static let weyl0: UInt32 = 0x9E37_79B9
    @usableFromInline static let weyl1: UInt32 = 0xBB67_AE85

    /// Four random words for one counter value.
    ///
    /// - Parameters:
    ///   - counter: `(c0, c1, c2, c3)`.
    ///   - key: `(k0, k1)`.
    @inlinable
    package static func block(
        counter: (UInt32, UInt32, UInt32, UInt32), key: (UInt32, UInt32)
    ) -> (UInt32, UInt32, UInt32, UInt32) {
        var (c0, c1, c2, c3) = counter
        var (k0, k1) = key
        for _ in 0..<10 {
            let product0 = multiplier0.multipliedFullWidth(by: c0)
            let product1 = multiplier1.multipliedFullWidth(by: c2)
            (c0, c1, c2, c3) = (product1.high ^ c1 ^ k0, product1.low, product0.high ^ c3 ^ k1, product0.low)
            k0 &+= weyl0
            k1 &+= weyl1
        }
        return (c0, c1, c2, c3)
    }
}
