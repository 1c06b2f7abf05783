import Kernels
import Model

/// The tensors of a feature network, taken by name as its layers are built.
package final class NetworkWeights {
    /// The tensor of that name and shape, finite in all elements.
    package typealias Source = (_ name: String, _ shape: [Int]) throws -> Tensor

    private let source: Source
    private var hashes: [UInt64] = []

    /// Weights from anywhere.
    package init(_ source: @escaping Source) { self.source = source }

    /// The weights in a file, each checked as it is read.
    ///
    /// - Parameter wayOut: what makes a file with all of them.
    convenience init(_ reader: SafetensorsReader, wayOut: String) {
        let entries = Dictionary(reader.entries.map { ($0.name, $0) }) { first, _ in first }
        self.init { name, shape in
            func refused(_ problem: String) -> EvaluationError {
                EvaluationError("\(reader.path): tensor \(name)", problem, wayOut: wayOut)
            }
            guard let entry = entries[name] else { throw refused("is missing, expected shape \(shape)") }
            guard entry.shape == shape else { throw refused("has shape \(entry.shape), expected \(shape)") }
            let tensor = try reader.readFloats(entry)
            if let index = tensor.firstNonFinite {
                throw refused("holds \(tensor[index]) at element \(index), expected finite numbers")
            }
            return tensor
        }
    }

    /// XXH3-128 of the hashes of all tensors taken so far, in their order: 32 hexadecimal digits.
    var hash: String { hexadecimal(hashes.withUnsafeBytes(hash128)) }

    private func tensor(_ name: String, _ shape: [Int]) throws -> Tensor {
        let tensor = try source(name, shape)
        tensor.withSpan { elements in
            let (low, high) = elements.bytes.withUnsafeBytes(hash128)
            hashes += [low, high]
        }
        return tensor
    }

    /// A convolution of `outputs` kernels and the batch normalisation after it: `normalized = scale * (sum - mean) / deviation + shift`
    /// is a convolution with other weights and a bias.
    func convolution(
        _ name: String, normalization: String, shape: [Int], epsilon: Double = 1e-3, stride: Int = 1,
        padding: Conv2DGeometry.Padding, activation: LayerActivation
    ) throws -> NetworkLayer {
        let weight = try tensor("\(name).weight", shape)
        let (outputs, length) = (shape[0], shape[1...].reduce(1, *))
        let (scale, shift) = (try tensor("\(normalization).weight", [outputs]), try tensor("\(normalization).bias", [outputs]))
        let mean = try tensor("\(normalization).running_mean", [outputs])
        let variance = try tensor("\(normalization).running_var", [outputs])
        let bias = Tensor(shape: [outputs])
        for output in 0..<outputs {
            let factor = Double(scale[output]) / (max(Double(variance[output]), 0) + epsilon).squareRoot()
            bias[output] = Float(Double(shift[output]) - Double(mean[output]) * factor)
            for index in output * length..<(output + 1) * length { weight[index] = Float(Double(weight[index]) * factor) }
        }
        return .convolution(
            FoldedConvolution(
                weight: weight, bias: bias, isDepthwise: shape[1] == 1, stride: stride, padding: padding,
                activation: activation))
    }
}
