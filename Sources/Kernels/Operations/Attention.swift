import CKernels

/// Self-attention over tokens: `softmax(scale * Q K^T) V` in each head. Q, K, V (N, T, heads * headChannels).
extension ComputeContext {
    /// - Parameters:
    ///   - query, key, value: (N, T, heads * headChannels).
    ///   - scale: nil for `1 / sqrt(headChannels)`.
    ///   - output: like `query`, overwritten; may not alias an input.
    public func attentionForward(
        query: Tensor, key: Tensor, value: Tensor, heads: Int, scale: Float? = nil, into output: Tensor
    ) {
        var shape = attentionShape(query, heads, scale)
        for (tensor, name) in [(key, "key"), (value, "value"), (output, "output")] as [(Tensor, StaticString)] {
            require(tensor, count: query.count, name)
        }
        let scratch = scratch(Int(gd_attention_forward_scratch__blocked(&shape, threadCount)))
        perform("attention.forward", on: OperationShape(shape), work(shape, products: 2, recomputed: 0, tensors: 4)) {
            gd_f32_attention_forward__blocked(&shape, query.base, key.base, value.base, output.base, scratch, threadCount)
        }
    }

    /// The gradients of `attentionForward`. The probabilities are computed again rather than kept: T^2 floats a head and
    /// image saved for T^2 * headChannels multiply-adds.
    ///
    /// - Parameters:
    ///   - dOutput: like `query`.
    ///   - dQuery, dKey, dValue: like `query`, overwritten; may not alias inputs.
    public func attentionBackward(
        query: Tensor, key: Tensor, value: Tensor, dOutput: Tensor, heads: Int, scale: Float? = nil,
        dQuery: Tensor, dKey: Tensor, dValue: Tensor
    ) {
        var shape = attentionShape(query, heads, scale)
        let others: [(Tensor, StaticString)] = [
            (key, "key"), (value, "value"), (dOutput, "dOutput"), (dQuery, "dQuery"), (dKey, "dKey"), (dValue, "dValue"),
        ]
        for (tensor, name) in others { require(tensor, count: query.count, name) }
        let scratch = scratch(Int(gd_attention_backward_scratch__blocked(&shape, threadCount)))
        perform("attention.backward", on: OperationShape(shape), work(shape, products: 4, recomputed: 1, tensors: 7)) {
            gd_f32_attention_backward__blocked(
                &shape, query.base, key.base, value.base, dOutput.base, dQuery.base, dKey.base, dValue.base, scratch,
                threadCount)
        }
    }

    private func attentionShape(_ query: Tensor, _ heads: Int, _ scale: Float?) -> gd_attention {
        precondition(query.shape.count >= 3, "attention needs (N, ..., C), got \(query.shape)")
        let (batch, channels) = (query.shape[0], query.shape[query.shape.count - 1])
        precondition(heads > 0 && channels % heads == 0, "\(channels) channels do not split into \(heads) heads")
        let headChannels = channels / heads
        return gd_attention(
            batch: Int64(batch), tokens: Int64(query.count / max(batch * channels, 1)), heads: Int64(heads),
            head_channels: Int64(headChannels), scale: scale ?? 1 / Float(headChannels).squareRoot())
    }

    private func work(_ shape: gd_attention, products: Int, recomputed: Int, tensors: Int) -> OperationWork {
        let scores = Int(shape.batch * shape.heads * shape.tokens * shape.tokens)
        let product = 2 * scores * Int(shape.head_channels)
        let softmax = 5 * scores
        return OperationWork(
            executedFLOPs: (products + recomputed) * product + (1 + recomputed) * softmax,
            nominalFLOPs: products * product + softmax,
            bytes: floatBytes(tensors * Int(shape.batch * shape.tokens * shape.heads * shape.head_channels)))
    }
}

extension OperationShape {
    fileprivate init(_ shape: gd_attention) {
        self = .attention(
            batch: Int(shape.batch), tokens: Int(shape.tokens), heads: Int(shape.heads),
            headChannels: Int(shape.head_channels))
    }
}
