import Kernels

/// One resolution on the way up: stages that each take a skipped activation, then upsampling and a convolution except at the
/// highest resolution.
struct UpBlock: Sendable {
    /// Activations that `backward` needs.
    struct Saved {
        let stages: [Stage.Saved]
        /// Input of the convolution behind the upsampling.
        let upsampled: Tensor?
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
            : Convolution(scope("upsamplers.0.conv"), inputChannels: outputChannels, outputChannels: outputChannels)
    }

    /// Pops one activation a stage from `skips`.
    func forward(
        _ input: Tensor, time: Tensor, skips: inout [Tensor], _ workspace: Workspace
    ) -> (output: Tensor, saved: Saved) {
        var hidden = input
        var saved: [Stage.Saved] = []
        for stage in stages {
            let skip = skips.removeLast()
            let joined = workspace.buffer(hidden.shape.dropLast() + [hidden.shape[3] + skip.shape[3]])
            workspace.context.concatenateForward(hidden, skip, into: joined)
            let result = stage.forward(joined, time: time, workspace)
            hidden = result.output
            workspace.keep(result.saved, in: &saved)
        }
        guard let upsampler else { return (hidden, Saved(stages: saved, upsampled: nil)) }
        let shape = hidden.shape
        let upsampled = workspace.buffer([shape[0], 2 * shape[1], 2 * shape[2], shape[3]])
        workspace.context.upsampleNearestForward(input: hidden, into: upsampled)
        return (upsampler.forward(upsampled, workspace), Saved(stages: saved, upsampled: upsampled))
    }

    /// Pushes the gradients of the skipped activations on `dSkips`.
    func backward(
        _ saved: Saved, time: Tensor, dOutput: Tensor, dTime: Tensor, dSkips: inout [Tensor], _ workspace: Workspace
    ) -> Tensor {
        var dHidden = dOutput
        if let upsampler, let upsampled = saved.upsampled {
            let dUpsampled = upsampler.backward(input: upsampled, dOutput: dOutput, workspace)
            let shape = upsampled.shape
            dHidden = workspace.buffer([shape[0], shape[1] / 2, shape[2] / 2, shape[3]])
            workspace.context.upsampleNearestBackward(dOutput: dUpsampled, into: dHidden)
        }
        for (index, stage) in stages.enumerated().reversed() {
            let dJoined = stage.backward(saved.stages[index], time: time, dOutput: dHidden, dTime: dTime, workspace)
            let fromBelow = channelsFromBelow[index]
            dHidden = workspace.buffer(dJoined.shape.dropLast() + [fromBelow])
            let dSkip = workspace.buffer(dJoined.shape.dropLast() + [dJoined.shape[3] - fromBelow])
            workspace.context.concatenateBackward(dOutput: dJoined, into: dHidden, dSkip)
            dSkips.append(dSkip)
        }
        return dHidden
    }
}
