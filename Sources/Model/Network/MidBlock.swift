import Kernels

/// The lowest resolution: a ResNet block, attention, a ResNet block.
struct MidBlock: Sendable {
    /// Activations that `backward` needs.
    struct Saved {
        let first: Stage.Saved
        let second: Stage.Saved
    }

    private let first: Stage
    private let second: Stage

    init(_ scope: ParameterScope, _ configuration: UNetConfiguration) {
        let channels = configuration.blockOutChannels[configuration.blockOutChannels.count - 1]
        let groups = configuration.attnNormNumGroups ?? configuration.normNumGroups
        let attention =
            configuration.addAttention
            ? AttentionBlock(scope("attentions.0"), channels: channels, groups: groups, configuration) : nil
        func resnet(_ name: String) -> ResnetBlock {
            ResnetBlock(scope(name), inputChannels: channels, outputChannels: channels, configuration)
        }
        first = Stage(resnet: resnet("resnets.0"), attention: attention)
        second = Stage(resnet: resnet("resnets.1"), attention: nil)
    }

    func forward(_ input: Tensor, time: Tensor, _ workspace: Workspace) -> (output: Tensor, saved: Saved) {
        let (hidden, firstSaved) = first.forward(.one(input), time: time, workspace)
        let (output, secondSaved) = second.forward(.one(hidden), time: time, workspace)
        return (output, Saved(first: firstSaved, second: secondSaved))
    }

    func backward(
        _ saved: consuming Saved, time: Tensor, dOutput: Tensor, dTime: Tensor, _ workspace: Workspace
    ) -> Tensor {
        let dHidden = second.backward(saved.second, time: time, dOutput: dOutput, dTime: dTime, workspace)
        return first.backward(saved.first, time: time, dOutput: dHidden, dTime: dTime, workspace)
    }
}
