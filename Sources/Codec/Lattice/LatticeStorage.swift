/// A tensor's data on a lattice: how it is stored. docs/wire-format.md, codec 3.
enum LatticeStorage: UInt8, Sendable {
    /// Codes of a fixed width side by side.
    case packed = 1
    /// The codes' high parts through a range coder, their low bits as they are.
    case rangeCoded = 2
}

/// How codes are cut into streams, symbols, escapes and low bits.
extension LatticeStorage {
    /// Elements of a stream of their own, so that threads can decode side by side.
    static let chunk = 1 << 16
    /// The high part of a code is a symbol if it lies in -127...127; else the symbol is `escape` and the part is listed.
    static let largestSymbol: Int32 = 127
    static let escape: UInt8 = 0
    /// Most bits that are left as they are.
    static let mostLowBits = 16
    /// Smaller tensors are packed: they would not pay for the coder's tables.
    static let fewestCoded = 4096

    /// Elements that are coded or decoded at a time, so that they stay in the first-level cache: a multiple of 64.
    static let piece = 1 << 12

    static func pieces(of elements: Range<Int>) -> [Range<Int>] {
        stride(from: elements.lowerBound, to: elements.upperBound, by: piece).map { $0..<min($0 + piece, elements.upperBound) }
    }

    static func chunks(_ count: Int) -> Int { (count + chunk - 1) / chunk }
    static func elements(_ index: Int, of count: Int) -> Range<Int> { (index * chunk)..<min((index + 1) * chunk, count) }

    @inline(__always)
    static func symbol(_ part: Int32) -> UInt8 {
        let symbol = UInt8(truncatingIfNeeded: part &+ 128)
        return UInt32(bitPattern: part &+ largestSymbol) <= UInt32(2 * largestSymbol) ? symbol : escape
    }
}
