import Kernels

/// A dense layer on the last axis.
struct Linear: Sendable {
    let weight: ParameterSlot
    let bias: ParameterSlot
    private let outputs: Int

    /// Declares `weight` (O, I) and `bias` (O).
    init(_ scope: ParameterScope, inputs: Int, outputs: Int) {
        let initialization = Initialization.uniform(bound: 1 / Double(inputs).squareRoot())
        weight = scope.declare("weight", [outputs, inputs], initialization)
        bias = scope.declare("bias", [outputs], initialization)
        self.outputs = outputs
    }

    /// `(..., I)` to `(..., O)`, plus `residual` `(..., O)`.
    func forward(_ input: Tensor, residual: Tensor? = nil, _ workspace: Workspace) -> Tensor {
        let output = workspace.buffer(input.shape.dropLast() + [outputs], like: input)
        workspace.context.linearForward(
            input: input, weight: workspace.value(weight), bias: workspace.value(bias), residual: residual, into: output)
        workspace.onOutput?(output, weight)
        return output
    }

    /// The gradient of the input, which overwrites `dInput` `(..., I)`.
    func backwardData(dOutput: Tensor, into dInput: Tensor, _ workspace: Workspace) {
        workspace.context.linearBackwardData(dOutput: dOutput, weight: workspace.value(weight), into: dInput)
    }

    /// Adds the gradient of the input to `dInput` `(..., I)`.
    func backwardData(dOutput: Tensor, accumulatingInto dInput: Tensor, _ workspace: Workspace) {
        workspace.context.linearBackwardData(dOutput: dOutput, weight: workspace.value(weight), accumulatingInto: dInput)
    }

    /// Adds the parameters' gradients.
    func backwardParameters(input: Tensor, dOutput: Tensor, _ workspace: Workspace) {
        workspace.context.linearBackwardWeight(
            input: input, dOutput: dOutput, accumulatingInto: workspace.gradient(weight), dBias: workspace.gradient(bias))
    }
}
