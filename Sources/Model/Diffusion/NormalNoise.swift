import Kernels

extension Tensor {
    /// Pairs of numbers that are worth another thread's time.
    private static let pairs = 4096

    /// Overwrites the elements with independent standard normal numbers; the pair `2i`, `2i + 1` comes from block `i` of `random`.
    package func fillNormal(_ random: CounterRandom, threads: Int = 1) {
        let (length, count) = (2 * Self.pairs, count)
        // SAFETY: each piece writes to elements of its own.
        let elements = base
        parallelFor(count: (count + length - 1) / length, threads: threads) { piece in
            var generator = random.generator(at: UInt64(4 * piece * Self.pairs))
            for index in stride(from: piece * length, to: min((piece + 1) * length, count), by: 2) {
                let (first, second) = generator.nextNormalPair()
                elements[index] = Float(first)
                if index + 1 < count { elements[index + 1] = Float(second) }
            }
        }
        withExtendedLifetime(self) {}
    }
}
