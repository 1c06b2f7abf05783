/// The blocks of a flat buffer that threads work on side by side: of fixed size, so that results do not depend on threads, and multiples of
/// the 64 elements that are coded together.
package enum CodingBlocks {
    package static let size = 1 << 14

    /// Blocks of a buffer of `elements` elements.
    package static func count(_ elements: Int) -> Int { (elements + size - 1) / size }

    /// The elements of one block of a buffer of `count`.
    package static func elements(_ block: Int, of count: Int) -> Range<Int> { (block * size)..<min((block + 1) * size, count) }

    /// Calls `body` with the elements of each block, on at most `threads` threads.
    package static func forEach(of count: Int, threads: Int, _ body: (_ elements: Range<Int>) -> Void) {
        parallelFor(count: self.count(count), threads: threads) { body(elements($0, of: count)) }
    }
}
