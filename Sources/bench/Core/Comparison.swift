import Kernels
import Model

/// `||result - reference|| / ||reference||` over the first `reference.count` elements; NaN where either is not finite.
func relativeError(_ result: Tensor, _ reference: Tensor) -> Double {
    var difference = 0.0
    var norm = 0.0
    for index in 0..<reference.count {
        let delta = Double(result[index]) - Double(reference[index])
        difference += delta * delta
        norm += Double(reference[index]) * Double(reference[index])
    }
    return norm > 0 ? (difference / norm).squareRoot() : difference
}

extension Tensor {
    /// Standard normal numbers, different for every `item`.
    static func random(_ shape: [Int], item: UInt32, _ precision: Precision = .float32) -> Tensor {
        let tensor = Tensor(shape: shape)
        tensor.fillNormal(CounterRandom(seed: 1, stream: .initialization, item: item))
        return precision == .float32 ? tensor : Tensor(copying: tensor, as: precision)
    }
}
