import Kernels

/// The four projections of attention with one head as two.
///
/// A row of scores, `(x Wq^T + bq)(x Wk^T + bk)^T`, goes through a softmax, which ignores what is constant along the row: the
/// keys may be `x` itself where the queries are `x A^T + a` with `A = Wk^T Wq`, `a = Wk^T bq`. A row of probabilities sums to 1, so
/// `P (x Wv^T + bv) Wo^T + bo` is `P (x B^T + b)` with `B = Wo Wv`, `b = Wo bv + bo`: the values may be outputs. Two products of
/// C^3 multiply-adds replace two of rows * C^2 forward, four replace four backward. The gradient of `bk` is zero, exactly.
struct MergedProjections: Sendable {
    /// `A` and `B` `(C, C)`, `a` and `b` `(1, C)`; or their gradients.
    struct Weights {
        let query: Tensor
        let queryBias: Tensor
        let value: Tensor
        let valueBias: Tensor

        /// Not initialised.
        init(channels: Int, _ workspace: Workspace) {
            (query, value) = (workspace.buffer([channels, channels]), workspace.buffer([channels, channels]))
            (queryBias, valueBias) = (workspace.buffer([1, channels]), workspace.buffer([1, channels]))
        }
    }

    let toQuery: Linear
    let toKey: Linear
    let toValue: Linear
    let toOutput: Linear
    let channels: Int

    /// The merged weights of the present parameters.
    func weights(_ workspace: Workspace) -> Weights {
        let context = workspace.context
        let merged = Weights(channels: channels, workspace)
        let key = workspace.value(toKey.weight)
        merged.query.fill(0)
        context.linearBackwardWeight(
            input: workspace.value(toQuery.weight), dOutput: key, accumulatingInto: merged.query, dBias: nil)
        context.linearBackwardData(dOutput: workspace.value(toQuery.bias), weight: key, into: merged.queryBias)
        let output = workspace.value(toOutput.weight)
        context.linearBackwardData(dOutput: output, weight: workspace.value(toValue.weight), into: merged.value)
        context.linearForward(
            input: workspace.value(toValue.bias), weight: output, bias: workspace.value(toOutput.bias),
            into: merged.valueBias)
        return merged
    }

    /// The queries and values of `input` `(..., C)`.
    func forward(_ input: Tensor, _ weights: Weights, _ workspace: Workspace) -> (query: Tensor, value: Tensor) {
        let (query, value) = (workspace.buffer(like: input), workspace.buffer(like: input))
        workspace.context.linearForward(input: input, weight: weights.query, bias: weights.queryBias, into: query)
        workspace.context.linearForward(input: input, weight: weights.value, bias: weights.valueBias, into: value)
        return (query, value)
    }

    /// Adds the parameters' gradients, and the input's to `dInput`.
    func backward(
        input: Tensor, _ weights: Weights, dQuery: Tensor, dValue: Tensor, accumulatingInto dInput: Tensor,
        _ workspace: Workspace
    ) {
        let context = workspace.context
        context.linearBackwardData(dOutput: dQuery, weight: weights.query, accumulatingInto: dInput)
        context.linearBackwardData(dOutput: dValue, weight: weights.value, accumulatingInto: dInput)
        let gradients = Weights(channels: channels, workspace)
        for tensor in [gradients.query, gradients.queryBias, gradients.value, gradients.valueBias] { tensor.fill(0) }
        context.linearBackwardWeight(
            input: input, dOutput: dQuery, accumulatingInto: gradients.query, dBias: gradients.queryBias)
        context.linearBackwardWeight(
            input: input, dOutput: dValue, accumulatingInto: gradients.value, dBias: gradients.valueBias)
        backwardScores(gradients, workspace)
        backwardOutputs(gradients, workspace)
    }

    /// `dWq += Wk dA`, `dWk += Wq dA^T + bq da^T`, `dbq += Wk da`.
    private func backwardScores(_ gradients: Weights, _ workspace: Workspace) {
        let context = workspace.context
        let (query, key) = (workspace.value(toQuery.weight), workspace.value(toKey.weight))
        let (dKey, dQueryBias) = (workspace.gradient(toKey.weight), workspace.gradient(toQuery.bias))
        context.linearBackwardData(
            dOutput: key, weight: gradients.query, accumulatingInto: workspace.gradient(toQuery.weight))
        context.linearForward(input: query, weight: gradients.query, bias: nil, residual: dKey, into: dKey)
        context.linearBackwardWeight(
            input: gradients.queryBias, dOutput: workspace.value(toQuery.bias), accumulatingInto: dKey, dBias: nil)
        context.linearForward(
            input: gradients.queryBias, weight: key, bias: nil, residual: dQueryBias, into: dQueryBias)
    }

    /// `dWo += dB Wv^T + db bv^T`, `dWv += Wo^T dB`, `dbv += Wo^T db`, `dbo += db`.
    private func backwardOutputs(_ gradients: Weights, _ workspace: Workspace) {
        let context = workspace.context
        let (value, output) = (workspace.value(toValue.weight), workspace.value(toOutput.weight))
        let (dOutput, dOutputBias) = (workspace.gradient(toOutput.weight), workspace.gradient(toOutput.bias))
        context.linearForward(input: gradients.value, weight: value, bias: nil, residual: dOutput, into: dOutput)
        context.linearBackwardWeight(
            input: workspace.value(toValue.bias), dOutput: gradients.valueBias, accumulatingInto: dOutput, dBias: nil)
        context.linearBackwardWeight(
            input: gradients.value, dOutput: output, accumulatingInto: workspace.gradient(toValue.weight), dBias: nil)
        context.linearBackwardData(
            dOutput: gradients.valueBias, weight: output, accumulatingInto: workspace.gradient(toValue.bias))
        context.addForward(dOutputBias, gradients.valueBias, into: dOutputBias)
    }
}
