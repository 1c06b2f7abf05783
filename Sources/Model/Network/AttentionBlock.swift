import Kernels

/// Self-attention over the pixels, with normalisation before and the input added after.
struct AttentionBlock: Sendable {
    /// Activations that `backward` needs.
    struct Saved {
        let input: Tensor
        let statistics: Tensor
        let query: Tensor
        let key: Tensor
        let value: Tensor
        let attended: Tensor
    }

    private let norm: GroupNorm
    private let toQuery: Linear
    private let toKey: Linear
    private let toValue: Linear
    private let toOutput: Linear
    private let heads: Int

    init(_ scope: ParameterScope, channels: Int, groups: Int, _ configuration: UNetConfiguration) {
        norm = GroupNorm(
            scope("group_norm"), channels: channels, groups: groups, epsilon: configuration.normEps, activation: .none)
        func linear(_ name: String) -> Linear { Linear(scope(name), inputs: channels, outputs: channels) }
        toQuery = linear("to_q")
        toKey = linear("to_k")
        toValue = linear("to_v")
        toOutput = linear("to_out.0")
        heads = configuration.heads(channels: channels)
    }

    /// `(N, H, W, C)` to the same shape.
    func forward(_ input: Tensor, _ workspace: Workspace) -> (output: Tensor, saved: Saved) {
        let (normalized, statistics) = norm.forward(input, workspace)
        let query = toQuery.forward(normalized, workspace)
        let key = toKey.forward(normalized, workspace)
        let value = toValue.forward(normalized, workspace)
        let attended = workspace.buffer(input.shape)
        workspace.context.attentionForward(query: query, key: key, value: value, heads: heads, into: attended)
        let output = toOutput.forward(attended, residual: input, workspace)
        let saved = Saved(
            input: input, statistics: statistics, query: query, key: key, value: value, attended: attended)
        return (output, saved)
    }

    /// Adds the parameters' gradients and returns the input's.
    func backward(_ saved: consuming Saved, dOutput: Tensor, _ workspace: Workspace) -> Tensor {
        let dAttended = workspace.buffer(dOutput.shape)
        toOutput.backwardData(dOutput: dOutput, into: dAttended, workspace)
        toOutput.backwardParameters(input: saved.attended, dOutput: dOutput, workspace)
        let (dQuery, dKey, dValue) = (
            workspace.buffer(dOutput.shape), workspace.buffer(dOutput.shape), workspace.buffer(dOutput.shape)
        )
        workspace.context.attentionBackward(
            query: saved.query, key: saved.key, value: saved.value, dOutput: dAttended, heads: heads,
            dQuery: dQuery, dKey: dKey, dValue: dValue)
        let dNormalized = workspace.buffer(dOutput.shape)
        toQuery.backwardData(dOutput: dQuery, into: dNormalized, workspace)
        toKey.backwardData(dOutput: dKey, accumulatingInto: dNormalized, workspace)
        toValue.backwardData(dOutput: dValue, accumulatingInto: dNormalized, workspace)
        let normalized = workspace.buffer(dOutput.shape)
        norm.backward(
            input: saved.input, statistics: saved.statistics, inPlace: dNormalized, addend: dOutput, output: normalized,
            workspace)
        toQuery.backwardParameters(input: normalized, dOutput: dQuery, workspace)
        toKey.backwardParameters(input: normalized, dOutput: dKey, workspace)
        toValue.backwardParameters(input: normalized, dOutput: dValue, workspace)
        return dNormalized
    }
}
