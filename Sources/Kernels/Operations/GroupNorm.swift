import CKernels

/// What follows a normalisation, in the same pass over memory.
package enum FusedActivation: Sendable {
    /// Nothing.
    case none
    /// `x * sigmoid(x)`.
    case silu
}

/// Group normalisation [Wu18], optionally fused with SiLU. Activations (N, ..., C), scale and shift (C).
extension ComputeContext {
    /// `output = activation((input - mean) / sqrt(variance + epsilon) * scale + shift)`, moments over a group's pixels and channels.
    ///
    /// - Parameters:
    ///   - input: (N, ..., C); C must be a multiple of `groups` (precondition).
    ///   - output: like `input`, overwritten; may be `input` where the backward pass is not needed.
    ///   - statistics: (N, groups, 2), overwritten: mean and 1/standard deviation, for the backward pass.
    package func groupNormForward(
        input: Tensor, groups: Int, epsilon: Float, scale: Tensor, shift: Tensor, activation: FusedActivation,
        into output: Tensor, statistics: Tensor
    ) {
        let shape = GroupNormShape(input, groups: groups)
        require(scale, count: shape.channels, "scale")
        require(shift, count: shape.channels, "shift")
        require(output, count: input.count, "output")
        require(statistics, count: shape.batch * groups * 2, "statistics")
        let work = OperationWork(
            flops: input.count * (activation == .silu ? 11 : 7), bytes: 2 * input.count * input.precision.bytes)
        let kernel = kernel(GroupNormKernel.self, for: shape)
        if input.precision == .bfloat16, kernel == .reference {
            let (wide, result) = (Tensor(copying: input, as: .float32), Tensor(shape: output.shape))
            groupNormForward(
                input: wide, groups: groups, epsilon: epsilon, scale: scale, shift: shift, activation: activation,
                into: result, statistics: statistics)
            return output.copy(from: result)
        }
        var parameters = shape.cValue(epsilon: epsilon, activation)
        perform("groupNorm.forward", on: shape, work) {
            let scratch = scratch(Int(gd_group_norm_scratch(&parameters)))
            return switch input.precision {
            case .float32:
                kernel.functions.forward(
                    &parameters, input.base, scale.base, shift.base, output.base, statistics.base, scratch, threadCount)
            case .bfloat16:
                gd_bf16_group_norm_forward__vector(
                    &parameters, input.halves, scale.base, shift.base, output.halves, statistics.base, scratch, threadCount)
            }
        }
    }

    /// The gradients of `groupNormForward`; the normalised values and the activation are computed again from `input`.
    ///
    /// - Parameters:
    ///   - input: (N, ..., C), the forward input.
    ///   - statistics: (N, groups, 2), from the forward pass.
    ///   - dOutput: like `input`.
    ///   - dInput: like `input`, overwritten; may be `dOutput`.
    ///   - addend: like `input`, added to `dInput`: a block's residual gradient. nil for none.
    ///   - output: like `input`, overwritten with the forward pass's output, which need not be kept; nil where it is not wanted. May
    ///     not alias.
    ///   - sums: (N, C), overwritten with the sums of `dInput` over the pixels; nil where they are not wanted.
    ///   - dScale, dShift: (C), accumulated.
    package func groupNormBackward(
        input: Tensor, groups: Int, epsilon: Float, scale: Tensor, shift: Tensor, activation: FusedActivation,
        statistics: Tensor, dOutput: Tensor, into dInput: Tensor, addend: Tensor? = nil, output: Tensor? = nil,
        sums: Tensor? = nil, accumulatingInto dScale: Tensor, dShift: Tensor
    ) {
        let shape = GroupNormShape(input, groups: groups)
        let (batch, channels) = (shape.batch, shape.channels)
        for (tensor, name) in [(scale, "scale"), (shift, "shift"), (dScale, "dScale"), (dShift, "dShift")]
            as [(Tensor, StaticString)]
        {
            require(tensor, count: channels, name)
        }
        require(statistics, count: batch * groups * 2, "statistics")
        require(dOutput, count: input.count, "dOutput")
        require(dInput, count: input.count, "dInput")
        if let addend { require(addend, count: input.count, "addend") }
        if let output { require(output, count: input.count, "output") }
        if let sums { require(sums, count: batch * channels, "sums") }
        let passes = 3 + (addend == nil ? 0 : 1) + (output == nil ? 0 : 1)
        let work = OperationWork(
            flops: input.count * (activation == .silu ? 30 : 14), bytes: passes * input.count * input.precision.bytes)
        let kernel = kernel(GroupNormKernel.self, for: shape)
        if input.precision == .bfloat16, kernel == .reference {
            let (wide, result) = (Tensor(copying: input, as: .float32), Tensor(shape: dInput.shape))
            let again = output.map { Tensor(shape: $0.shape) }
            groupNormBackward(
                input: wide, groups: groups, epsilon: epsilon, scale: scale, shift: shift, activation: activation,
                statistics: statistics, dOutput: Tensor(copying: dOutput, as: .float32), into: result,
                addend: addend.map { Tensor(copying: $0, as: .float32) }, output: again, sums: sums,
                accumulatingInto: dScale, dShift: dShift)
            if let again { output?.copy(from: again) }
            return dInput.copy(from: result)
        }
        var parameters = shape.cValue(epsilon: epsilon, activation)
        perform("groupNorm.backward", on: shape, work) {
            let scratch = scratch(Int(gd_group_norm_scratch(&parameters)))
            switch input.precision {
            case .float32:
                let extras = gd_group_norm_extras(addend: addend?.base, output: output?.base, sums: sums?.base)
                return kernel.functions.backward(
                    &parameters, input.base, statistics.base, scale.base, shift.base, dOutput.base, dInput.base, dScale.base,
                    dShift.base, extras, scratch, threadCount)
            case .bfloat16:
                let extras = gd_bf16_group_norm_extras(addend: addend?.halves, output: output?.halves, sums: sums?.base)
                return gd_bf16_group_norm_backward__vector(
                    &parameters, input.halves, statistics.base, scale.base, shift.base, dOutput.halves, dInput.halves,
                    dScale.base, dShift.base, extras, scratch, threadCount)
            }
        }
    }
}

/// Extents of a group normalisation's operands.
package struct GroupNormShape: OperationShape {
    package let batch, pixels, channels, groups: Int

    /// - Parameter input: (N, ..., C); what lies between the first and the last extent are pixels.
    init(_ input: Tensor, groups: Int) {
        precondition(input.shape.count >= 2, "group norm needs (N, ..., C), got \(input.shape)")
        (batch, channels, self.groups) = (input.shape[0], input.shape[input.shape.count - 1], groups)
        precondition(groups > 0 && channels % groups == 0, "\(channels) channels do not split into \(groups) groups")
        pixels = input.count / max(batch * channels, 1)
    }

    package var description: String { "n\(batch) p\(pixels) c\(channels) g\(groups)" }

    func cValue(epsilon: Float, _ activation: FusedActivation) -> gd_group_norm {
        gd_group_norm(
            batch: Int64(batch), pixels: Int64(pixels), channels: Int64(channels), groups: Int64(groups), epsilon: epsilon,
            silu: activation == .silu ? 1 : 0)
    }
}

/// The kernels of group normalisation, best first.
package enum GroupNormKernel: String, OperationKernel {
    /// Vectorised over channels, one task an image and slice of channels.
    case vector
    /// Plain loops in Double.
    case reference

    package typealias Shape = GroupNormShape
    package static let operation = "groupNorm"

    var functions: (forward: gd_f32_group_norm_forward, backward: gd_f32_group_norm_backward) {
        switch self {
        case .vector: (gd_f32_group_norm_forward__vector, gd_f32_group_norm_backward__vector)
        case .reference: (gd_f32_group_norm_forward__reference, gd_f32_group_norm_backward__reference)
        }
    }
}
