import Kernels

/// What an evaluation draws: each use has numbers of its own.
package enum EvaluationRandom {
    package enum Use: UInt32 {
        case referenceImages, sampleImages, kernelReference, kernelSamples, mongeReference, mongeSamples, directions
    }

    /// `size` of `0..<count`, ascending, each set of that size as likely as another.
    package static func subset(of count: Int, size: Int, _ use: Use, number: Int, seed: UInt64) -> [Int] {
        guard size < count else { return Array(0..<count) }
        var random = CounterRandom(seed: seed, stream: .evaluation, round: use.rawValue, item: UInt32(number)).generator()
        // The first `size` places of a shuffle; what it moved is kept, not the order: a set that is drawn has 2^31 images.
        var moved: [Int: Int] = [:]
        let chosen = (0..<size).map { place in
            let other = place + random.nextIndex(below: count - place)
            defer { moved[other] = moved[place] ?? place }
            return moved[other] ?? other
        }
        return chosen.sorted()
    }

    /// `(count, extent)`: directions of length 1, each as likely as another.
    package static func directions(_ count: Int, extent: Int, seed: UInt64) -> Tensor {
        let result = Tensor(shape: [count, extent])
        result.withMutableSpan { values in
            for row in 0..<count {
                var random = CounterRandom(
                    seed: seed, stream: .evaluation, round: Use.directions.rawValue, item: UInt32(row)
                ).generator()
                let normal = (0..<extent).map { _ in random.nextNormal() }
                let length = normal.reduce(0) { $0 + $1 * $1 }.squareRoot()
                for column in 0..<extent { values[row * extent + column] = Float(normal[column] / length) }
            }
        }
        return result
    }
}

extension Tensor {
    /// Some rows of a matrix `(n, d)`, in the given order.
    package func rows(_ indices: [Int]) -> Tensor {
        let extent = shape[1]
        let result = Tensor(shape: [indices.count, extent])
        withExtendedLifetime(self) {
            for (place, index) in indices.enumerated() {
                precondition(index >= 0 && index < shape[0], "row \(index) of \(shape[0])")
                // SAFETY: both rows lie inside their matrices.
                (result.base + place * extent).update(from: base + index * extent, count: extent)
            }
        }
        return result
    }
}
