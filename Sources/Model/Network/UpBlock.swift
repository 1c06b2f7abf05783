import Kernels

/// One resolution on the way up: stages that each take a skipped activation, then upsampling and a convolution except at the
/// highest resolution.
struct UpBlock: Sendable {
    /// Activations that `backward` needs.
    struct Saved {
        var stages: [Stage.Saved]
        /// Input of the upsampling convolution.
        let beforeUpsampling: Tensor
    }

    private let stages: [Stage]
    /// Channels that arrive at each stage from below; the rest of its input is the skipped activation.
    private let channelsFromBelow: [Int]
    private let upsampler: Convolution?

    /// - Parameter index: 0 at the lowest resolution.
    init(_ scope: ParameterScope, index: Int, _ configuration: UNetConfiguration) {
        let channels = Array(configuration.blockOutChannels.reversed())
        let layers = configuration.layersPerBlock + 1
        let outputChannels = channels[index]
        let attentions = (0..<layers).map { layer in
            configuration.upBlockTypes[index] == .up
                ? nil
                : AttentionBlock(
                    scope("attentions.\(layer)"), channels: outputChannels, groups: configuration.normNumGroups,
                    configuration)
        }
        let fromBelow = (0..<layers).map { $0 == 0 ? channels[max(index - 1, 0)] : outputChannels }
        stages = attentions.enumerated().map { layer, attention in
            let skipped = layer == layers - 1 ? channels[min(index + 1, channels.count - 1)] : outputChannels
            let resnet = ResnetBlock(
                scope("resnets.\(layer)"), inputChannels: fromBelow[layer] + skipped, outputChannels: outputChannels,
                configuration)
            return Stage(resnet: resnet, attention: attention)
        }
        channelsFromBelow = fromBelow
        upsampler =
            index == channels.count - 1
            ? nil
            : Convolution(
                scope("upsamplers.0.conv"), inputChannels: outputChannels, outputChannels: outputChannels, upsample: 2)
    }

    /// Pops one activation a stage from `skips`.
    func forward(
        _ input: Tensor, time: Tensor, skips: inout [Tensor], _ workspace: Workspace
    ) -> (output: Tensor, saved: Saved) {
        var hidden = input
        var stagesSaved: [Stage.Saved] = []
        for stage in stages {
            let result = stage.forward(.joined(hidden, skips.removeLast()), time: time, workspace)
            hidden = result.output
            workspace.keep(result.saved, in: &stagesSaved)
        }
        let saved = Saved(stages: stagesSaved, beforeUpsampling: hidden)
        return (upsampler?.forward(hidden, workspace) ?? hidden, saved)
    }

    /// Pushes the gradients of the skipped activations on `dSkips`.
    func backward(
        _ saved: consuming Saved, time: Tensor, dOutput: Tensor, dTime: Tensor, dSkips: inout [Tensor], _ workspace: Workspace
    ) -> Tensor {
        var dHidden = dOutput
        if let upsampler {
            upsampler.backwardParameters(input: saved.beforeUpsampling, dOutput: dOutput, workspace)
            dHidden = workspace.buffer(like: saved.beforeUpsampling)
            upsampler.backwardData(dOutput: dOutput, into: dHidden, workspace)
        }
        for (index, stage) in stages.enumerated().reversed() {
            let dJoined = stage.backward(saved.stages.removeLast(), time: time, dOutput: dHidden, dTime: dTime, workspace)
            let fromBelow = channelsFromBelow[index]
            dHidden = workspace.buffer(dJoined.shape.dropLast() + [fromBelow], like: dJoined)
            let dSkip = workspace.buffer(dJoined.shape.dropLast() + [dJoined.shape[3] - fromBelow], like: dJoined)
            workspace.context.concatenateBackward(dOutput: dJoined, into: dHidden, dSkip)
            dSkips.append(dSkip)
        }
        return dHidden
    }
}
