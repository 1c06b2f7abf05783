import Kernels

/// Two convolutions with normalisation around the time embedding, and a shortcut past them [Ho20, appendix B].
///
///     input -> norm1, SiLU -> conv1 -> + time -> norm2, SiLU -> dropout -> conv2 -> + shortcut(input)
struct ResnetBlock: Sendable {
    /// Activations that `backward` needs.
    struct Saved {
        let input: Tensor
        let statistics1: Tensor
        let activated1: Tensor
        let convolved: Tensor
        let statistics2: Tensor
        let activated2: Tensor
        let dropout: CounterRandom?
    }

    private let norm1: GroupNorm
    private let conv1: Convolution
    private let timeProjection: Linear
    private let norm2: GroupNorm
    private let conv2: Convolution
    private let shortcut: Convolution?
    private let dropoutProbability: Float

    init(_ scope: ParameterScope, inputChannels: Int, outputChannels: Int, _ configuration: UNetConfiguration) {
        func norm(_ name: String, _ channels: Int) -> GroupNorm {
            GroupNorm(
                scope(name), channels: channels, groups: configuration.normNumGroups, epsilon: configuration.normEps,
                activation: .silu)
        }
        norm1 = norm("norm1", inputChannels)
        conv1 = Convolution(scope("conv1"), inputChannels: inputChannels, outputChannels: outputChannels)
        timeProjection = Linear(scope("time_emb_proj"), inputs: configuration.timeEmbeddingWidth, outputs: outputChannels)
        norm2 = norm("norm2", outputChannels)
        conv2 = Convolution(scope("conv2"), inputChannels: outputChannels, outputChannels: outputChannels)
        shortcut =
            inputChannels == outputChannels
            ? nil
            : Convolution(
                scope("conv_shortcut"), inputChannels: inputChannels, outputChannels: outputChannels, kernel: 1)
        dropoutProbability = Float(configuration.dropout)
    }

    /// - Parameters:
    ///   - input: `(N, H, W, I)`.
    ///   - time: the activated time embedding `(N, T)`.
    /// - Returns: `(N, H, W, O)`.
    func forward(_ input: Tensor, time: Tensor, _ workspace: Workspace) -> (output: Tensor, saved: Saved) {
        let context = workspace.context
        let (activated1, statistics1) = norm1.forward(input, workspace)
        let convolved = conv1.forward(activated1, workspace)
        context.addChannelBias(timeProjection.forward(time, workspace), to: convolved)
        let (activated2, statistics2) = norm2.forward(convolved, workspace)
        let dropout = dropoutProbability > 0 ? workspace.nextDropout() : nil
        if let dropout {
            context.dropoutForward(input: activated2, probability: dropoutProbability, random: dropout, into: activated2)
        }
        let output = conv2.forward(activated2, workspace)
        context.addForward(output, shortcut?.forward(input, workspace) ?? input, into: output)
        let saved = Saved(
            input: input, statistics1: statistics1, activated1: activated1, convolved: convolved,
            statistics2: statistics2, activated2: activated2, dropout: dropout)
        return (output, saved)
    }

    /// Adds the parameters' gradients, adds the embedding's to `dTime`, and returns the input's.
    func backward(_ saved: Saved, time: Tensor, dOutput: Tensor, dTime: Tensor, _ workspace: Workspace) -> Tensor {
        let context = workspace.context
        let dConvolved = conv2.backward(input: saved.activated2, dOutput: dOutput, workspace)
        if let dropout = saved.dropout {
            context.dropoutBackward(
                dOutput: dConvolved, probability: dropoutProbability, random: dropout, into: dConvolved)
        }
        norm2.backward(input: saved.convolved, statistics: saved.statistics2, inPlace: dConvolved, workspace)

        let dProjection = workspace.buffer([dConvolved.shape[0], dConvolved.shape[3]])
        context.addChannelBiasBackward(dOutput: dConvolved, into: dProjection)
        let dTimeHere = timeProjection.backward(input: time, dOutput: dProjection, workspace)
        context.addForward(dTime, dTimeHere, into: dTime)

        let dInput = conv1.backward(input: saved.activated1, dOutput: dConvolved, workspace)
        norm1.backward(input: saved.input, statistics: saved.statistics1, inPlace: dInput, workspace)
        let dShortcut = shortcut?.backward(input: saved.input, dOutput: dOutput, workspace) ?? dOutput
        context.addForward(dInput, dShortcut, into: dInput)
        return dInput
    }
}
