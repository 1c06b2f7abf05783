import Kernels

/// Group normalisation with scale and shift by channel, followed by SiLU where asked for.
struct GroupNorm: Sendable {
    private let scale: ParameterSlot
    private let shift: ParameterSlot
    private let groups: Int
    private let epsilon: Float
    private let activation: FusedActivation

    /// Declares `weight` (C), the scale, and `bias` (C), the shift.
    init(_ scope: ParameterScope, channels: Int, groups: Int, epsilon: Double, activation: FusedActivation) {
        scale = scope.declare("weight", [channels], .constant(1))
        shift = scope.declare("bias", [channels], .constant(0))
        (self.groups, self.epsilon, self.activation) = (groups, Float(epsilon), activation)
    }

    /// The normalised `(N, H, W, C)` and the statistics that `backward` needs.
    func forward(_ input: Tensor, _ workspace: Workspace) -> (output: Tensor, statistics: Tensor) {
        let output = workspace.buffer(like: input)
        let statistics = workspace.buffer([input.shape[0], groups, 2])
        workspace.context.groupNormForward(
            input: input, groups: groups, epsilon: epsilon, scale: workspace.value(scale), shift: workspace.value(shift),
            activation: activation, into: output, statistics: statistics)
        workspace.onOutput?(output, scale)
        return (output, statistics)
    }

    /// Adds the parameters' gradients and replaces `dOutput` by the gradient of the input.
    ///
    /// - Parameters:
    ///   - addend: added to the gradient of the input.
    ///   - output: overwritten with `forward`'s output, which is not kept.
    ///   - sums: `(N, C)`, overwritten with the sums of the input's gradient over the pixels.
    func backward(
        input: Tensor, statistics: Tensor, inPlace dOutput: Tensor, addend: Tensor? = nil, output: Tensor? = nil,
        sums: Tensor? = nil, _ workspace: Workspace
    ) {
        workspace.context.groupNormBackward(
            input: input, groups: groups, epsilon: epsilon, scale: workspace.value(scale), shift: workspace.value(shift),
            activation: activation, statistics: statistics, dOutput: dOutput, into: dOutput, addend: addend, output: output,
            sums: sums, accumulatingInto: workspace.gradient(scale), dShift: workspace.gradient(shift))
    }
}
