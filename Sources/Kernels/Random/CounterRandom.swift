/// Random numbers addressed by (seed, stream, round, device, item, position): stateless streams for parallel work.
///
/// Key: `Philox.block(counter: (stream, 0, 0, 0), key: (seed low, seed high))`, its first two words.
/// Counter: `(block, item, device, round)`; word `i` of a sequence is word `i % 4` of block `i / 4`.
/// A sequence therefore has at most 2^34 words.
package struct CounterRandom: Sendable {
    /// The Philox key, derived from seed and stream.
    package let key: (UInt32, UInt32)
    /// The training round; 0 where there is none.
    package var round: UInt32
    /// The device; 0 where there is none.
    package var device: UInt32
    /// The item within round and device: a tensor's index, a sample's index.
    package var item: UInt32

    package init(seed: UInt64, stream: RandomStream, round: UInt32 = 0, device: UInt32 = 0, item: UInt32 = 0) {
        let words = Philox.block(
            counter: (stream.rawValue, 0, 0, 0),
            key: (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
        key = (words.0, words.1)
        (self.round, self.device, self.item) = (round, device, item)
    }

    /// A sequence of a stream whose key is known.
    package init(key: (UInt32, UInt32), round: UInt32, device: UInt32, item: UInt32) {
        self.key = key
        (self.round, self.device, self.item) = (round, device, item)
    }

    /// The four words of one block.
    @inlinable
    package func block(_ index: UInt32) -> (UInt32, UInt32, UInt32, UInt32) {
        Philox.block(counter: (index, item, device, round), key: key)
    }

    /// A generator that walks this sequence from `position` (in words), for code that draws one number after another.
    package func generator(at position: UInt64 = 0) -> CounterGenerator { CounterGenerator(self, at: position) }
}

/// A sequential reader of a `CounterRandom`; equal positions give equal numbers.
package struct CounterGenerator: RandomNumberGenerator, Sendable {
    let source: CounterRandom
    /// Index of the next word.
    package private(set) var position: UInt64
    var current: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)

    init(_ source: CounterRandom, at position: UInt64) {
        (self.source, self.position) = (source, position)
        if position % 4 != 0 { current = source.block(UInt32(truncatingIfNeeded: position / 4)) }
    }

    /// The next 32 random bits.
    package mutating func nextWord() -> UInt32 {
        if position % 4 == 0 { current = source.block(UInt32(truncatingIfNeeded: position / 4)) }
        defer { position += 1 }
        switch position % 4 {
        case 0: return current.0
        case 1: return current.1
        case 2: return current.2
        default: return current.3
        }
    }

    package mutating func next() -> UInt64 {
        let low = nextWord()
        return UInt64(nextWord()) << 32 | UInt64(low)
    }

    /// Uniform in [0, 1): the top 53 bits of 64, over 2^53.
    package mutating func nextUniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Uniform in `range`.
    package mutating func nextUniform(in range: ClosedRange<Double>) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * nextUniform()
    }

    /// Uniform in `0..<bound`, without bias. `bound` must be positive (precondition).
    package mutating func nextIndex(below bound: Int) -> Int {
        precondition(bound > 0, "bound must be positive")
        return Int(next(upperBound: UInt64(bound)))
    }

    /// Two independent standard normal numbers (Box-Muller, in Double).
    package mutating func nextNormalPair() -> (Double, Double) {
        let radius = (-2 * naturalLogarithm(1 - nextUniform())).squareRoot()
        let angle = 2 * Double.pi * nextUniform()
        return (radius * cosine(angle), radius * sine(angle))
    }

    /// One standard normal number (the first of a pair; the second is discarded).
    package mutating func nextNormal() -> Double { nextNormalPair().0 }
}
