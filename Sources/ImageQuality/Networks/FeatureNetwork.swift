import Kernels
import Model

/// A network that turns images into features, with its weights.
package final class FeatureNetwork: FeatureExtractor {
    package let name: String
    package let hash: String
    package var resizeRule: String { "bilinear \(architecture.side)" }
    package var featureCount: Int { architecture.featureCount }

    private let architecture: FeatureArchitecture
    private let layers: NetworkLayer
    private let scale, shift: Tensor
    private let run: LayerRun

    /// - Parameters:
    ///   - weights: asked for every tensor of the network, with its shape.
    ///   - threads: threads that it computes with, at least 1; features do not depend on them.
    /// - Throws: what `weights` throws.
    package init(_ architecture: FeatureArchitecture, weights: NetworkWeights, threads: Int) throws {
        self.architecture = architecture
        name = architecture.rawValue
        layers = try architecture.layers(weights)
        hash = weights.hash
        let normalization = architecture.normalization
        scale = Tensor(shape: [3], values: normalization.scale)
        shift = Tensor(shape: [3], values: normalization.shift)
        run = LayerRun(context: ComputeContext(threads: threads), memory: ActivationMemory())
    }

    /// - Parameter images: `(N, H, W, 3)` of any size (precondition), values 0 to 1.
    /// - Returns: `(N, featureCount)`. An image's features do not depend on the images beside it.
    package func features(of images: Tensor) -> Tensor {
        let shape = images.shape
        precondition(shape.count == 4 && shape[3] == 3, "images of shape \(shape), expected (N, H, W, 3)")
        let features = Tensor(shape: [shape[0], featureCount])
        withTeam(threads: run.context.threads) {
            for first in stride(from: 0, to: shape[0], by: architecture.batch) {
                let count = min(architecture.batch, shape[0] - first)
                let part = Tensor(
                    viewOf: images, offset: first * shape[1...].reduce(1, *), shape: [count, shape[1], shape[2], 3])
                let resized = run.memory.tensor([count, architecture.side, architecture.side, 3])
                run.context.resizeForward(part, scale: scale, shift: shift, into: resized)
                Tensor(viewOf: features, offset: first * featureCount, shape: [count, featureCount])
                    .copy(from: run.output(of: layers, on: resized))
            }
        }
        return features
    }
}

/// The network in a file of weights, as `scripts/convert-features` writes it.
///
/// - Parameters:
///   - path: a safetensors file.
///   - threads: threads that the network computes with, at least 1; features do not depend on them.
/// - Throws: `CheckpointError` for a file that cannot be read, `EvaluationError` for one without a network's tensors.
package func openFeatureNetwork(_ path: String, threads: Int) throws -> any FeatureExtractor {
    let reader = try SafetensorsReader(path: path)
    let architecture = try FeatureArchitecture.of(reader)
    return try FeatureNetwork(
        architecture, weights: NetworkWeights(reader, wayOut: architecture.wayOut), threads: threads)
}
