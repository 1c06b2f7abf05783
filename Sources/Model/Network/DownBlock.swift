import Kernels

/// One resolution on the way down: stages, then a stride-2 convolution except at the lowest resolution.
struct DownBlock: Sendable {
    /// Activations that `backward` needs.
    struct Saved {
        var stages: [Stage.Saved]
        /// Input of the stride-2 convolution.
        let beforeDownsampling: Tensor
    }

    private let stages: [Stage]
    private let downsampler: Convolution?

    init(_ scope: ParameterScope, level: Int, _ configuration: UNetConfiguration) {
        let channels = configuration.blockOutChannels
        let attentions = (0..<configuration.layersPerBlock).map { layer in
            configuration.downBlockTypes[level] == .down
                ? nil
                : AttentionBlock(
                    scope("attentions.\(layer)"), channels: channels[level], groups: configuration.normNumGroups,
                    configuration)
        }
        stages = attentions.enumerated().map { layer, attention in
            let inputChannels = layer == 0 ? channels[max(level - 1, 0)] : channels[level]
            let resnet = ResnetBlock(
                scope("resnets.\(layer)"), inputChannels: inputChannels, outputChannels: channels[level], configuration)
            return Stage(resnet: resnet, attention: attention)
        }
        downsampler =
            level == channels.count - 1
            ? nil
            : Convolution(
                scope("downsamplers.0.conv"), inputChannels: channels[level], outputChannels: channels[level], stride: 2,
                padding: configuration.downsamplePadding == 0 ? .asymmetric : .init(1))
    }

    /// Pushes every stage's output, and the downsampled one, on `skips`.
    func forward(
        _ input: Tensor, time: Tensor, skips: inout [Tensor], _ workspace: Workspace
    ) -> (output: Tensor, saved: Saved) {
        var hidden = input
        var saved: [Stage.Saved] = []
        for stage in stages {
            let result = stage.forward(.one(hidden), time: time, workspace)
            hidden = result.output
            workspace.keep(result.saved, in: &saved)
            skips.append(hidden)
        }
        let beforeDownsampling = hidden
        if let downsampler {
            hidden = downsampler.forward(hidden, workspace)
            skips.append(hidden)
        }
        return (hidden, Saved(stages: saved, beforeDownsampling: beforeDownsampling))
    }

    /// Pops from `dSkips` what `forward` pushed on `skips`.
    func backward(
        _ saved: consuming Saved, time: Tensor, dOutput: Tensor, dTime: Tensor, dSkips: inout [Tensor], _ workspace: Workspace
    ) -> Tensor {
        var dHidden = dOutput
        func addSkip() { workspace.context.addForward(dHidden, dSkips.removeLast(), into: dHidden) }
        if let downsampler {
            addSkip()
            downsampler.backwardParameters(input: saved.beforeDownsampling, dOutput: dHidden, workspace)
            let dBefore = workspace.buffer(like: saved.beforeDownsampling)
            downsampler.backwardData(dOutput: dHidden, into: dBefore, workspace)
            dHidden = dBefore
        }
        for stage in stages.reversed() {
            addSkip()
            dHidden = stage.backward(saved.stages.removeLast(), time: time, dOutput: dHidden, dTime: dTime, workspace)
        }
        return dHidden
    }
}
