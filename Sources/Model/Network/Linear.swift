import Kernels

/// A dense layer on the last axis.
struct Linear: Sendable {
    private let weight: ParameterSlot
    private let bias: ParameterSlot
    private let outputs: Int

    /// Declares `weight` (O, I) and `bias` (O).
    init(_ scope: ParameterScope, inputs: Int, outputs: Int) {
        let initialization = Initialization.uniform(bound: 1 / Double(inputs).squareRoot())
        weight = scope.declare("weight", [outputs, inputs], initialization)
        bias = scope.declare("bias", [outputs], initialization)
        self.outputs = outputs
    }

    /// `(..., I)` to `(..., O)`.
    func forward(_ input: Tensor, _ workspace: Workspace) -> Tensor {
        let output = workspace.buffer(input.shape.dropLast() + [outputs])
        workspace.context.linearForward(
            input: input, weight: workspace.value(weight), bias: workspace.value(bias), into: output)
        return output
    }

    /// Adds the parameters' gradients and returns the input's.
    func backward(input: Tensor, dOutput: Tensor, _ workspace: Workspace) -> Tensor {
        let dInput = workspace.buffer(input.shape)
        backward(input: input, dOutput: dOutput, into: dInput, workspace)
        return dInput
    }

    /// Adds the parameters' gradients alone, for a layer whose input needs none.
    func backwardParameters(input: Tensor, dOutput: Tensor, _ workspace: Workspace) {
        backward(input: input, dOutput: dOutput, into: nil, workspace)
    }

    private func backward(input: Tensor, dOutput: Tensor, into dInput: Tensor?, _ workspace: Workspace) {
        workspace.context.linearBackward(
            input: input, weight: workspace.value(weight), dOutput: dOutput, into: dInput,
            accumulatingInto: workspace.gradient(weight), dBias: workspace.gradient(bias))
    }
}
