import Kernels

/// Two convolutions with normalisation around the time embedding, and a shortcut past them [Ho20, appendix B].
///
///     input -> norm1, SiLU -> conv1 -> + time -> norm2, SiLU -> dropout -> conv2 -> + shortcut(input)
struct ResnetBlock: Sendable {
    /// Activations that `backward` needs; it computes the normalised ones again on its way.
    struct Saved {
        let input: StageInput
        let statistics1: Tensor
        let convolved: Tensor
        let statistics2: Tensor
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
    ///   - stageInput: `(N, H, W, I)`.
    ///   - time: the activated time embedding `(N, T)`.
    /// - Returns: `(N, H, W, O)`.
    func forward(_ stageInput: StageInput, time: Tensor, _ workspace: Workspace) -> (output: Tensor, saved: Saved) {
        let input = stageInput.tensor(workspace)
        let (activated1, statistics1) = norm1.forward(input, workspace)
        let convolved = conv1.forward(activated1, imageBias: timeProjection.forward(time, workspace), workspace)
        let (activated2, statistics2) = norm2.forward(convolved, workspace)
        let dropout = dropoutProbability > 0 ? workspace.nextDropout() : nil
        drop(dropout, activated2, workspace)
        let output = conv2.forward(activated2, residual: shortcut?.forward(input, workspace) ?? input, workspace)
        let saved = Saved(
            input: stageInput, statistics1: statistics1, convolved: convolved, statistics2: statistics2, dropout: dropout)
        return (output, saved)
    }

    /// Adds the parameters' gradients, adds the embedding's to `dTime`, and returns the input's.
    func backward(
        _ saved: consuming Saved, time: Tensor, dOutput: Tensor, dTime: Tensor, _ workspace: Workspace
    ) -> Tensor {
        let dConvolved = workspace.buffer(like: saved.convolved)
        conv2.backwardData(dOutput: dOutput, into: dConvolved, workspace)
        if let dropout = saved.dropout {
            workspace.context.dropoutBackward(
                dOutput: dConvolved, probability: dropoutProbability, random: dropout, into: dConvolved)
        }
        let dProjection = workspace.buffer([dConvolved.shape[0], dConvolved.shape[3]])
        do {
            let activated2 = workspace.buffer(like: saved.convolved)
            norm2.backward(
                input: saved.convolved, statistics: saved.statistics2, inPlace: dConvolved, output: activated2,
                sums: dProjection, workspace)
            drop(saved.dropout, activated2, workspace)
            conv2.backwardParameters(input: activated2, dOutput: dOutput, workspace)
        }
        timeProjection.backwardData(dOutput: dProjection, accumulatingInto: dTime, workspace)
        timeProjection.backwardParameters(input: time, dOutput: dProjection, workspace)

        let statistics1 = saved.statistics1
        let input = (consume saved).input.tensor(workspace)
        let dInput = workspace.buffer(like: input)
        conv1.backwardData(dOutput: dConvolved, into: dInput, workspace)
        let activated1 = workspace.buffer(like: input)
        norm1.backward(
            input: input, statistics: statistics1, inPlace: dInput, addend: shortcut == nil ? dOutput : nil,
            output: activated1, workspace)
        conv1.backwardParameters(input: activated1, dOutput: dConvolved, workspace)
        shortcut?.backwardData(dOutput: dOutput, accumulatingInto: dInput, workspace)
        shortcut?.backwardParameters(input: input, dOutput: dOutput, workspace)
        return dInput
    }

    /// Dropout in place, the same mask for the same numbers.
    private func drop(_ random: CounterRandom?, _ x: Tensor, _ workspace: Workspace) {
        guard let random else { return }
        workspace.context.dropoutForward(input: x, probability: dropoutProbability, random: random, into: x)
    }
}
