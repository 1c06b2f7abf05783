import CKernels

/// Self-attention over tokens: `softmax(scale * Q K^T) V` in each head. Q, K, V (N, T, heads * headChannels).
extension ComputeContext {
    /// - Parameters:
    ///   - query, key, value: (N, T, heads * headChannels).
    ///   - scale: nil for `1 / sqrt(headChannels)`.
    ///   - output: like `query`, overwritten; may not alias an input.
    package func attentionForward(
        query: Tensor, key: Tensor, value: Tensor, heads: Int, scale: Float? = nil, into output: Tensor
    ) {
        let shape = AttentionShape(query, heads: heads)
        for (tensor, name) in [(key, "key"), (value, "value"), (output, "output")] as [(Tensor, StaticString)] {
            require(tensor, count: query.count, name)
        }
        let functions = kernel(AttentionKernel.self, for: shape).functions
        var extents = shape.cValue(scale: scale)
        let scratch = scratch(Int(functions.forwardScratch(&extents, threadCount)))
        perform("attention.forward", on: shape, shape.work(products: 2, recomputed: 0, tensors: 4)) {
            functions.forward(&extents, query.base, key.base, value.base, output.base, scratch, threadCount)
        }
    }

    /// The gradients of `attentionForward`. The probabilities are computed again rather than kept: T^2 floats a head and
    /// image saved for T^2 * headChannels multiply-adds.
    ///
    /// - Parameters:
    ///   - dOutput: like `query`.
    ///   - dQuery, dKey, dValue: like `query`, overwritten; may not alias inputs.
    package func attentionBackward(
        query: Tensor, key: Tensor, value: Tensor, dOutput: Tensor, heads: Int, scale: Float? = nil,
        dQuery: Tensor, dKey: Tensor, dValue: Tensor
    ) {
        let shape = AttentionShape(query, heads: heads)
        let others: [(Tensor, StaticString)] = [
            (key, "key"), (value, "value"), (dOutput, "dOutput"), (dQuery, "dQuery"), (dKey, "dKey"), (dValue, "dValue"),
        ]
        for (tensor, name) in others { require(tensor, count: query.count, name) }
        let functions = kernel(AttentionKernel.self, for: shape).functions
        var extents = shape.cValue(scale: scale)
        let scratch = scratch(Int(functions.backwardScratch(&extents, threadCount)))
        perform("attention.backward", on: shape, shape.work(products: 4, recomputed: 1, tensors: 7)) {
            functions.backward(
                &extents, query.base, key.base, value.base, dOutput.base, dQuery.base, dKey.base, dValue.base, scratch,
                threadCount)
        }
    }
}

/// Extents of an attention layer's operands.
package struct AttentionShape: OperationShape {
    package let batch, tokens, heads, headChannels: Int

    /// - Parameter query: (N, ..., heads * headChannels); what lies between the first and the last extent are tokens.
    init(_ query: Tensor, heads: Int) {
        precondition(query.shape.count >= 3, "attention needs (N, ..., C), got \(query.shape)")
        let (batch, channels) = (query.shape[0], query.shape[query.shape.count - 1])
        precondition(heads > 0 && channels % heads == 0, "\(channels) channels do not split into \(heads) heads")
        (self.batch, self.heads, headChannels) = (batch, heads, channels / heads)
        tokens = query.count / max(batch * channels, 1)
    }

    package var description: String { "n\(batch) t\(tokens) h\(heads) c\(headChannels)" }

    func cValue(scale: Float?) -> gd_attention {
        gd_attention(
            batch: Int64(batch), tokens: Int64(tokens), heads: Int64(heads), head_channels: Int64(headChannels),
            scale: scale ?? 1 / Float(headChannels).squareRoot())
    }

    /// - Parameter recomputed: products, each with a softmax, that a pass computes again; all kernels the same.
    func work(products: Int, recomputed: Int, tensors: Int) -> OperationWork {
        let scores = batch * heads * tokens * tokens
        let product = 2 * scores * headChannels
        let softmax = 5 * scores
        return OperationWork(
            executedFLOPs: (products + recomputed) * product + (1 + recomputed) * softmax,
            nominalFLOPs: products * product + softmax,
            bytes: floatBytes(tensors * batch * tokens * heads * headChannels))
    }
}

/// The kernels of attention, best first.
package enum AttentionKernel: String, OperationKernel {
    /// Blocks of rows in the packed microkernel: scores stay in the caches.
    case blocked
    /// Plain loops with Double accumulators.
    case reference

    package typealias Shape = AttentionShape
    package static let operation = "attention"

    typealias Scratch = (UnsafePointer<gd_attention>?, _ threads: Int32) -> Int64

    /// Both passes, and the floats of scratch that they need.
    var functions:
        (
            forward: gd_f32_attention_forward, forwardScratch: Scratch, backward: gd_f32_attention_backward,
            backwardScratch: Scratch
        )
    {
        switch self {
        case .blocked:
            (
                gd_f32_attention_forward__blocked, gd_attention_forward_scratch__blocked, gd_f32_attention_backward__blocked,
                gd_attention_backward_scratch__blocked
            )
        case .reference:
            (
                gd_f32_attention_forward__reference, gd_attention_forward_scratch__reference,
                gd_f32_attention_backward__reference, gd_attention_backward_scratch__reference
            )
        }
    }
}
