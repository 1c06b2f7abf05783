import Kernels

/// A ResNet block and, at resolutions that have it, attention behind it.
struct Stage: Sendable {
    /// Activations that `backward` needs.
    struct Saved {
        let resnet: ResnetBlock.Saved
        let attention: AttentionBlock.Saved?
    }

    let resnet: ResnetBlock
    let attention: AttentionBlock?

    func forward(_ input: StageInput, time: Tensor, _ workspace: Workspace) -> (output: Tensor, saved: Saved) {
        let (hidden, resnetSaved) = resnet.forward(input, time: time, workspace)
        guard let (output, attentionSaved) = attention?.forward(hidden, workspace) else {
            return (hidden, Saved(resnet: resnetSaved, attention: nil))
        }
        return (output, Saved(resnet: resnetSaved, attention: attentionSaved))
    }

    func backward(
        _ saved: consuming Saved, time: Tensor, dOutput: Tensor, dTime: Tensor, _ workspace: Workspace
    ) -> Tensor {
        let (resnetSaved, attentionSaved) = (saved.resnet, saved.attention)
        // Otherwise it would hold what the attention is done with until the end.
        _ = consume saved
        var dHidden = dOutput
        if let attention, let attentionSaved {
            dHidden = attention.backward(attentionSaved, dOutput: dOutput, workspace)
        }
        return resnet.backward(resnetSaved, time: time, dOutput: dHidden, dTime: dTime, workspace)
    }
}
