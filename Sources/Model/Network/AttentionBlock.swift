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
        let projections: Projections
    }

    /// What the four projections leave for `backward`.
    enum Projections {
        /// All four ran; the last one's input.
        case separate(attended: Tensor)
        /// Two ran in their place. The key is the normalised input then, and the value an output.
        case merged(MergedProjections.Weights)
    }

    private let norm: GroupNorm
    private let toQuery: Linear
    private let toKey: Linear
    private let toValue: Linear
    private let toOutput: Linear
    private let heads: Int
    private let channels: Int

    init(_ scope: ParameterScope, channels: Int, groups: Int, _ configuration: UNetConfiguration) {
        norm = GroupNorm(
            scope("group_norm"), channels: channels, groups: groups, epsilon: configuration.normEps, activation: .none)
        func linear(_ name: String) -> Linear { Linear(scope(name), inputs: channels, outputs: channels) }
        toQuery = linear("to_q")
        toKey = linear("to_k")
        toValue = linear("to_v")
        toOutput = linear("to_out.0")
        heads = configuration.heads(channels: channels)
        self.channels = channels
    }

    private var merged: MergedProjections {
        MergedProjections(toQuery: toQuery, toKey: toKey, toValue: toValue, toOutput: toOutput, channels: channels)
    }

    /// Whether two projections do the work of four with less arithmetic. Depends on one image: a batch does not change its results.
    private func mergesProjections(_ input: Tensor) -> Bool { heads == 1 && input.shape[1] * input.shape[2] >= channels }

    /// `(N, H, W, C)` to the same shape.
    func forward(_ input: Tensor, _ workspace: Workspace) -> (output: Tensor, saved: Saved) {
        let (normalized, statistics) = norm.forward(input, workspace)
        let context = workspace.context
        let attended = workspace.buffer(like: input)
        if mergesProjections(input) {
            let weights = merged.weights(workspace)
            let (query, value) = merged.forward(normalized, weights, workspace)
            context.attentionForward(query: query, key: normalized, value: value, heads: 1, into: attended)
            context.addForward(attended, input, into: attended)
            workspace.onOutput?(attended, toOutput.weight)
            let saved = Saved(
                input: input, statistics: statistics, query: query, key: normalized, value: value,
                projections: .merged(weights))
            return (attended, saved)
        }
        let query = toQuery.forward(normalized, workspace)
        let key = toKey.forward(normalized, workspace)
        let value = toValue.forward(normalized, workspace)
        context.attentionForward(query: query, key: key, value: value, heads: heads, into: attended)
        let output = toOutput.forward(attended, residual: input, workspace)
        let saved = Saved(
            input: input, statistics: statistics, query: query, key: key, value: value,
            projections: .separate(attended: attended))
        return (output, saved)
    }

    /// Adds the parameters' gradients and returns the input's.
    func backward(_ saved: consuming Saved, dOutput: Tensor, _ workspace: Workspace) -> Tensor {
        switch saved.projections {
        case .separate(let attended): backwardSeparate(saved, attended: attended, dOutput: dOutput, workspace)
        case .merged(let weights): backwardMerged(saved, weights, dOutput: dOutput, workspace)
        }
    }

    private func backwardMerged(
        _ saved: Saved, _ weights: MergedProjections.Weights, dOutput: Tensor, _ workspace: Workspace
    ) -> Tensor {
        let (dQuery, dNormalized, dValue) = (
            workspace.buffer(like: dOutput), workspace.buffer(like: dOutput), workspace.buffer(like: dOutput)
        )
        workspace.context.attentionBackward(
            query: saved.query, key: saved.key, value: saved.value, dOutput: dOutput, heads: 1,
            dQuery: dQuery, dKey: dNormalized, dValue: dValue)
        merged.backward(
            input: saved.key, weights, dQuery: dQuery, dValue: dValue, accumulatingInto: dNormalized, workspace)
        norm.backward(
            input: saved.input, statistics: saved.statistics, inPlace: dNormalized, addend: dOutput, workspace)
        return dNormalized
    }

    private func backwardSeparate(
        _ saved: Saved, attended: Tensor, dOutput: Tensor, _ workspace: Workspace
    ) -> Tensor {
        let dAttended = workspace.buffer(like: dOutput)
        toOutput.backwardData(dOutput: dOutput, into: dAttended, workspace)
        toOutput.backwardParameters(input: attended, dOutput: dOutput, workspace)
        let (dQuery, dKey, dValue) = (
            workspace.buffer(like: dOutput), workspace.buffer(like: dOutput), workspace.buffer(like: dOutput)
        )
        workspace.context.attentionBackward(
            query: saved.query, key: saved.key, value: saved.value, dOutput: dAttended, heads: heads,
            dQuery: dQuery, dKey: dKey, dValue: dValue)
        let dNormalized = workspace.buffer(like: dOutput)
        toQuery.backwardData(dOutput: dQuery, into: dNormalized, workspace)
        toKey.backwardData(dOutput: dKey, accumulatingInto: dNormalized, workspace)
        toValue.backwardData(dOutput: dValue, accumulatingInto: dNormalized, workspace)
        let normalized = workspace.buffer(like: dOutput)
        norm.backward(
            input: saved.input, statistics: saved.statistics, inPlace: dNormalized, addend: dOutput, output: normalized,
            workspace)
        toQuery.backwardParameters(input: normalized, dOutput: dQuery, workspace)
        toKey.backwardParameters(input: normalized, dOutput: dKey, workspace)
        toValue.backwardParameters(input: normalized, dOutput: dValue, workspace)
        return dNormalized
    }
}
