import Kernels

extension Tensor {
    /// Overwrites the elements with independent standard normal numbers; the pair `2i`, `2i + 1` comes from block `i` of `random`.
    package func fillNormal(_ random: CounterRandom) {
        var generator = random.generator()
        withMutableSpan { elements in
            for index in stride(from: 0, to: elements.count, by: 2) {
                let (first, second) = generator.nextNormalPair()
                elements[index] = Float(first)
                if index + 1 < elements.count { elements[index + 1] = Float(second) }
            }
        }
    }
}
