import Kernels

/// A 2-D convolution of NHWC activations with a square kernel.
struct Convolution: Sendable {
    private let weight: ParameterSlot
    private let bias: ParameterSlot
    private let inputChannels: Int
    private let outputChannels: Int
    private let kernel: Int
    private let stride: Int
    private let padding: Conv2DGeometry.Padding

    /// Declares `weight` (O, I, K, K) and `bias` (O).
    init(
        _ scope: ParameterScope, inputChannels: Int, outputChannels: Int, kernel: Int = 3, stride: Int = 1,
        padding: Conv2DGeometry.Padding? = nil
    ) {
        let initialization = Initialization.uniform(bound: 1 / Double(inputChannels * kernel * kernel).squareRoot())
        weight = scope.declare("weight", [outputChannels, inputChannels, kernel, kernel], initialization)
        bias = scope.declare("bias", [outputChannels], initialization)
        (self.inputChannels, self.outputChannels, self.kernel, self.stride) = (inputChannels, outputChannels, kernel, stride)
        self.padding = padding ?? .init(kernel / 2)
    }

    /// `(N, H, W, I)` to `(N, H', W', O)`.
    func forward(_ input: Tensor, _ workspace: Workspace) -> Tensor {
        let geometry = geometry(input)
        let output = workspace.buffer([geometry.batch, geometry.outputHeight, geometry.outputWidth, outputChannels])
        workspace.context.conv2dForward(
            input: input, weight: workspace.value(weight), bias: workspace.value(bias), geometry: geometry, into: output)
        return output
    }

    /// Adds the parameters' gradients and returns the input's.
    func backward(input: Tensor, dOutput: Tensor, _ workspace: Workspace) -> Tensor {
        backwardParameters(input: input, dOutput: dOutput, workspace)
        let dInput = workspace.buffer(input.shape)
        workspace.context.conv2dBackwardData(
            dOutput: dOutput, weight: workspace.value(weight), geometry: geometry(input), into: dInput)
        return dInput
    }

    /// Adds the parameters' gradients alone, for a layer whose input needs none.
    func backwardParameters(input: Tensor, dOutput: Tensor, _ workspace: Workspace) {
        workspace.context.conv2dBackwardWeight(
            input: input, dOutput: dOutput, geometry: geometry(input),
            accumulatingInto: workspace.gradient(weight), dBias: workspace.gradient(bias))
    }

    private func geometry(_ input: Tensor) -> Conv2DGeometry {
        Conv2DGeometry(
            batch: input.shape[0], height: input.shape[1], width: input.shape[2], inputChannels: inputChannels,
            outputChannels: outputChannels, kernel: kernel, stride: stride, padding: padding)
    }
}
