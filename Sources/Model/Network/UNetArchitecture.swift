import Kernels

/// The U-Net of [Ho20] as diffusers' `UNet2DModel` builds it: its layers, without parameters or memory.
///
///     conv_in -> down blocks -> mid block -> up blocks -> norm, SiLU -> conv_out
///
/// Every activation of a down block is also an input of the up block of the same resolution (a skip connection).
struct UNetArchitecture: Sendable {
    /// Activations that `backward` needs. Those of the blocks are there where the workspace keeps activations.
    struct Saved {
        let sample: Tensor
        let classLabels: [Int]
        let timeEmbedding: TimeEmbedding.Saved
        let time: Tensor
        var down: [DownBlock.Saved]
        let mid: MidBlock.Saved
        var up: [UpBlock.Saved]
        let beforeNorm: Tensor
        let statistics: Tensor
    }

    /// All parameters in checkpoint order.
    let layout: ParameterLayout
    /// How each parameter starts, in the same order.
    let initializations: [Initialization]
    private let convIn: Convolution
    private let timeEmbedding: TimeEmbedding
    private let classEmbedding: ClassEmbedding?
    private let downBlocks: [DownBlock]
    private let upBlocks: [UpBlock]
    private let midBlock: MidBlock
    private let normOut: GroupNorm
    private let convOut: Convolution

    /// - Parameter configuration: a valid one.
    init(_ configuration: UNetConfiguration) {
        let registry = ParameterRegistry()
        let scope = ParameterScope(registry)
        let levels = configuration.blockOutChannels.indices
        let channels = configuration.blockOutChannels[0]
        convIn = Convolution(scope("conv_in"), inputChannels: configuration.inChannels, outputChannels: channels)
        timeEmbedding = TimeEmbedding(scope("time_embedding"), configuration)
        classEmbedding = configuration.numClassEmbeds.map {
            ClassEmbedding(scope("class_embedding"), classes: $0, width: configuration.timeEmbeddingWidth)
        }
        downBlocks = levels.map { DownBlock(scope("down_blocks.\($0)"), level: $0, configuration) }
        upBlocks = levels.map { UpBlock(scope("up_blocks.\($0)"), index: $0, configuration) }
        midBlock = MidBlock(scope("mid_block"), configuration)
        normOut = GroupNorm(
            scope("conv_norm_out"), channels: channels, groups: configuration.normNumGroups,
            epsilon: configuration.normEps, activation: .silu)
        convOut = Convolution(scope("conv_out"), inputChannels: channels, outputChannels: configuration.outChannels)
        (layout, initializations) = (registry.layout, registry.initializations)
    }

    /// - Parameters:
    ///   - sample: `(N, H, W, inChannels)`.
    ///   - timesteps: N, 0-based.
    ///   - classLabels: N of a conditional model, else none.
    /// - Returns: `(N, H, W, outChannels)`.
    func forward(
        _ sample: Tensor, timesteps: [Int], classLabels: [Int], _ workspace: Workspace
    ) -> (output: Tensor, saved: Saved) {
        let classes = classEmbedding?.forward(classLabels, workspace)
        let (time, timeSaved) = timeEmbedding.forward(timesteps, addend: classes, workspace)
        let sample = workspace.converted(sample, to: workspace.context.precision)
        var hidden = convIn.forward(sample, workspace)
        var skips = [hidden]
        var (downSaved, upSaved): ([DownBlock.Saved], [UpBlock.Saved]) = ([], [])
        for block in downBlocks {
            let result = block.forward(hidden, time: time, skips: &skips, workspace)
            hidden = result.output
            workspace.keep(result.saved, in: &downSaved)
        }
        let (middle, midSaved) = midBlock.forward(hidden, time: time, workspace)
        hidden = middle
        for block in upBlocks {
            let result = block.forward(hidden, time: time, skips: &skips, workspace)
            hidden = result.output
            workspace.keep(result.saved, in: &upSaved)
        }
        precondition(skips.isEmpty, "\(skips.count) skipped activations were not used")
        let (normalized, statistics) = normOut.forward(hidden, workspace)
        let output = workspace.converted(convOut.forward(normalized, workspace), to: .float32)
        let saved = Saved(
            sample: sample, classLabels: classLabels, timeEmbedding: timeSaved, time: time, down: downSaved, mid: midSaved,
            up: upSaved,
            beforeNorm: hidden, statistics: statistics)
        return (output, saved)
    }

    /// Adds the gradients of all parameters, given the gradient of `forward`'s output. Activations are let go block by block.
    func backward(_ saved: consuming Saved, dOutput: Tensor, _ workspace: Workspace) {
        let time = saved.time
        let dTime = workspace.buffer(time.shape)
        dTime.fill(0)
        let dOutput = workspace.converted(dOutput, to: workspace.context.precision)
        var dHidden = backwardOutput(saved.beforeNorm, saved.statistics, dOutput: dOutput, workspace)
        var dSkips: [Tensor] = []
        for block in upBlocks.reversed() {
            dHidden = block.backward(
                saved.up.removeLast(), time: time, dOutput: dHidden, dTime: dTime, dSkips: &dSkips, workspace)
        }
        dHidden = midBlock.backward(saved.mid, time: time, dOutput: dHidden, dTime: dTime, workspace)
        for block in downBlocks.reversed() {
            dHidden = block.backward(
                saved.down.removeLast(), time: time, dOutput: dHidden, dTime: dTime, dSkips: &dSkips, workspace)
        }
        workspace.context.addForward(dHidden, dSkips.removeLast(), into: dHidden)
        precondition(dSkips.isEmpty, "\(dSkips.count) gradients of skipped activations were not used")
        convIn.backwardParameters(input: saved.sample, dOutput: dHidden, workspace)
        timeEmbedding.backward(saved.timeEmbedding, dOutput: dTime, workspace)
        classEmbedding?.backward(saved.classLabels, dOutput: dTime, workspace)
    }

    /// Backward through the last normalisation and convolution.
    private func backwardOutput(
        _ beforeNorm: Tensor, _ statistics: Tensor, dOutput: Tensor, _ workspace: Workspace
    ) -> Tensor {
        let (dHidden, normalized) = (workspace.buffer(like: beforeNorm), workspace.buffer(like: beforeNorm))
        convOut.backwardData(dOutput: dOutput, into: dHidden, workspace)
        normOut.backward(
            input: beforeNorm, statistics: statistics, inPlace: dHidden, output: normalized, workspace)
        convOut.backwardParameters(input: normalized, dOutput: dOutput, workspace)
        return dHidden
    }
}

extension UNetConfiguration {
    /// Names, shapes and order of the parameters: those of diffusers' checkpoints.
    package var parameterLayout: ParameterLayout { UNetArchitecture(self).layout }
}
