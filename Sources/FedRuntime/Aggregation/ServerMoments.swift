import Kernels

/// What a server optimiser keeps between rounds: buffers `(P)` like the parameters, empty where it keeps none.
package struct ServerMoments: Sendable, Equatable {
    /// FedAvgM's and FedAdam's `m`.
    package var first: [Float]
    /// FedAdam's `v`.
    package var second: [Float]

    package init(first: [Float] = [], second: [Float] = []) { (self.first, self.second) = (first, second) }

    /// Those before the first round.
    init(_ optimizer: ServerOptimizer, parameterCount: Int) {
        let firstSquare = Float(ServerOptimizer.tau * ServerOptimizer.tau)
        self.init(
            first: [Float](repeating: 0, count: optimizer.momentCount > 0 ? parameterCount : 0),
            second: [Float](repeating: firstSquare, count: optimizer.momentCount > 1 ? parameterCount : 0))
    }

    /// Throws where these are not the moments of `optimizer` for so many parameters.
    func verify(_ optimizer: ServerOptimizer, parameterCount: Int) throws(FederationError) {
        let expected = (0..<2).map { $0 < optimizer.momentCount ? parameterCount : 0 }
        guard [first.count, second.count] == expected else {
            throw .momentsMismatch(found: [first.count, second.count], expected: expected)
        }
    }
}

// The steps work in place, each element in Double and rounded once. `average` is another tensor than `global`; both and the moments have
// as many elements (precondition).
extension ServerMoments {
    /// Moves `global` by FedAvgM's step towards a round's average: `ServerOptimizer.fedAvgM`.
    mutating func stepFedAvgM(
        _ global: Tensor, average: Tensor, learningRate: Double, momentum: Double, threads: Int
    ) {
        precondition(average.count == global.count && first.count == global.count, "tensors of another model")
        first.withUnsafeMutableBufferPointer { first in
            let first = first
            // SAFETY: blocks lie in 0..<count of both tensors and of the moments, and no two of them share an element.
            CodingBlocks.forEach(of: global.count, threads: threads) { elements in
                for index in elements {
                    let weight = Double(global.base[index])
                    let mean = momentum * Double(first[index]) + (Double(average.base[index]) - weight)
                    first[index] = Float(mean)
                    global.base[index] = Float(weight + learningRate * mean)
                }
            }
        }
    }

    /// Moves `global` by FedAdam's step towards a round's average: `ServerOptimizer.fedAdam`.
    mutating func stepFedAdam(_ global: Tensor, average: Tensor, learningRate: Double, beta1: Double, threads: Int) {
        precondition(average.count == global.count && first.count == global.count, "tensors of another model")
        precondition(second.count == global.count, "tensors of another model")
        let (beta2, tau) = (ServerOptimizer.beta2, ServerOptimizer.tau)
        first.withUnsafeMutableBufferPointer { first in
            second.withUnsafeMutableBufferPointer { second in
                let (first, second) = (first, second)
                // SAFETY: as above.
                CodingBlocks.forEach(of: global.count, threads: threads) { elements in
                    for index in elements {
                        let weight = Double(global.base[index])
                        let change = Double(average.base[index]) - weight
                        let mean = beta1 * Double(first[index]) + (1 - beta1) * change
                        let square = beta2 * Double(second[index]) + (1 - beta2) * change * change
                        (first[index], second[index]) = (Float(mean), Float(square))
                        global.base[index] = Float(weight + learningRate * mean / (square.squareRoot() + tau))
                    }
                }
            }
        }
    }
}
