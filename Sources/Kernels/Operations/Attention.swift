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
        let kernel = kernel(AttentionKernel.self, for: shape)
        if query.precision == .bfloat16, kernel == .reference {
            let wide = [query, key, value].map { Tensor(copying: $0, as: .float32) }, result = Tensor(shape: output.shape)
            attentionForward(query: wide[0], key: wide[1], value: wide[2], heads: heads, scale: scale, into: result)
            return output.copy(from: result)
        }
        let functions = kernel.functions
        var extents = shape.cValue(scale: scale)
        let work = shape.work(products: 2, recomputed: 0, tensors: 4, query.precision)
        perform("attention.forward", on: shape, work) {
            switch query.precision {
            case .float32:
                functions.forward(
                    &extents, query.base, key.base, value.base, output.base,
                    scratch(Int(functions.forwardScratch(&extents, threadCount))), threadCount)
            case .bfloat16:
                gd_bf16_attention_forward__blocked(
                    &extents, query.halves, key.halves, value.halves, output.halves,
                    scratch(Int(gd_bf16_attention_forward_scratch__blocked(&extents, threadCount))), threadCount)
            }
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
        let kernel = kernel(AttentionKernel.self, for: shape)
        if query.precision == .bfloat16, kernel == .reference {
            let wide = [query, key, value, dOutput].map { Tensor(copying: $0, as: .float32) }
            let results = [dQuery, dKey, dValue].map { Tensor(shape: $0.shape) }
            attentionBackward(
                query: wide[0], key: wide[1], value: wide[2], dOutput: wide[3], heads: heads, scale: scale,
                dQuery: results[0], dKey: results[1], dValue: results[2])
            for (gradient, result) in zip([dQuery, dKey, dValue], results) { gradient.copy(from: result) }
            return
        }
        let functions = kernel.functions
        var extents = shape.cValue(scale: scale)
        let work = shape.work(products: 4, recomputed: 1, tensors: 7, query.precision)
        perform("attention.backward", on: shape, work) {
            switch query.precision {
            case .float32:
                functions.backward(
                    &extents, query.base, key.base, value.base, dOutput.base, dQuery.base, dKey.base, dValue.base,
                    scratch(Int(functions.backwardScratch(&extents, threadCount))), threadCount)
            case .bfloat16:
                gd_bf16_attention_backward__blocked(
                    &extents, query.halves, key.halves, value.halves, dOutput.halves, dQuery.halves, dKey.halves,
                    dValue.halves, scratch(Int(gd_bf16_attention_backward_scratch__blocked(&extents, threadCount))), threadCount)
            }
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
    func work(products: Int, recomputed: Int, tensors: Int, _ precision: Precision) -> OperationWork {
        let scores = batch * heads * tokens * tokens
        let product = 2 * scores * headChannels
        let softmax = 5 * scores
        let multiplied = (products + recomputed) * product
        return OperationWork(
            executedFLOPs: multiplied + (1 + recomputed) * softmax, bfloat16FLOPs: precision == .bfloat16 ? multiplied : 0,
            nominalFLOPs: products * product + softmax,
            bytes: tensors * batch * tokens * heads * headChannels * precision.bytes)
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
