import Kernels

/// Sinusoids of the timestep through two dense layers. The SiLU that every ResNet block applies to the result is applied once, here.
struct TimeEmbedding: Sendable {
    /// Activations that `backward` needs.
    struct Saved {
        let sinusoids: Tensor
        let hidden: Tensor
        let activatedHidden: Tensor
        let embedding: Tensor
    }

    private let linear1: Linear
    private let linear2: Linear
    private let frequencies: Int
    private let options: TimestepEmbeddingOptions

    init(_ scope: ParameterScope, _ configuration: UNetConfiguration) {
        frequencies = configuration.blockOutChannels[0]
        let width = configuration.timeEmbeddingWidth
        linear1 = Linear(scope("linear_1"), inputs: frequencies, outputs: width)
        linear2 = Linear(scope("linear_2"), inputs: width, outputs: width)
        options = TimestepEmbeddingOptions(
            flipSinToCos: configuration.flipSinToCos, frequencyShift: Float(configuration.freqShift))
    }

    /// The activated embedding `(N, T)` of N timesteps, with `addend` `(N, T)` added before the activation.
    func forward(_ timesteps: [Int], addend: Tensor? = nil, _ workspace: Workspace) -> (output: Tensor, saved: Saved) {
        let context = workspace.context
        let sinusoids = workspace.buffer([timesteps.count, frequencies])
        context.timestepEmbedding(timesteps: timesteps, options: options, into: sinusoids)
        let hidden = linear1.forward(sinusoids, workspace)
        let activatedHidden = workspace.buffer(hidden.shape)
        context.siluForward(input: hidden, into: activatedHidden)
        let embedding = linear2.forward(activatedHidden, residual: addend, workspace)
        let output = workspace.buffer(embedding.shape)
        context.siluForward(input: embedding, into: output)
        return (output, Saved(sinusoids: sinusoids, hidden: hidden, activatedHidden: activatedHidden, embedding: embedding))
    }

    /// Adds the parameters' gradients. Overwrites `dOutput` with the gradient of `addend`.
    func backward(_ saved: Saved, dOutput: Tensor, _ workspace: Workspace) {
        workspace.context.siluBackward(input: saved.embedding, dOutput: dOutput, into: dOutput)
        linear2.backwardParameters(input: saved.activatedHidden, dOutput: dOutput, workspace)
        let dHidden = workspace.buffer(saved.hidden.shape)
        linear2.backwardData(dOutput: dOutput, into: dHidden, workspace)
        workspace.context.siluBackward(input: saved.hidden, dOutput: dHidden, into: dHidden)
        linear1.backwardParameters(input: saved.sinusoids, dOutput: dHidden, workspace)
    }
}
