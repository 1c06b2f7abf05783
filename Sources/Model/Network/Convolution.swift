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
    private let upsample: Int

    /// Declares `weight` (O, I, K, K) and `bias` (O).
    ///
    /// - Parameter upsample: 2 to convolve the input as enlarged by 2 (nearest neighbour), 1 to take it as it is.
    init(
        _ scope: ParameterScope, inputChannels: Int, outputChannels: Int, kernel: Int = 3, stride: Int = 1,
        padding: Conv2DGeometry.Padding? = nil, upsample: Int = 1
    ) {
        let initialization = Initialization.uniform(bound: 1 / Double(inputChannels * kernel * kernel).squareRoot())
        weight = scope.declare("weight", [outputChannels, inputChannels, kernel, kernel], initialization)
        bias = scope.declare("bias", [outputChannels], initialization)
        (self.inputChannels, self.outputChannels, self.kernel, self.stride) = (inputChannels, outputChannels, kernel, stride)
        (self.padding, self.upsample) = (padding ?? .init(kernel / 2), upsample)
    }

    /// `(N, H, W, I)` to `(N, H', W', O)`, plus `imageBias` `(N, O)` at every pixel, plus `residual` `(N, H', W', O)`.
    func forward(_ input: Tensor, imageBias: Tensor? = nil, residual: Tensor? = nil, _ workspace: Workspace) -> Tensor {
        let geometry = geometry(input)
        let output = workspace.buffer(
            [geometry.batch, geometry.outputHeight, geometry.outputWidth, outputChannels], like: input)
        workspace.context.conv2dForward(
            input: input, weight: workspace.value(weight), bias: workspace.value(bias), imageBias: imageBias,
            residual: residual, geometry: geometry, into: output)
        workspace.onOutput?(output, weight)
        return output
    }

    /// The gradient of the input, which overwrites `dInput` `(N, H, W, I)`.
    func backwardData(dOutput: Tensor, into dInput: Tensor, _ workspace: Workspace) {
        workspace.context.conv2dBackwardData(
            dOutput: dOutput, weight: workspace.value(weight), geometry: geometry(dInput), into: dInput)
    }

    /// Adds the gradient of the input to `dInput` `(N, H, W, I)`.
    func backwardData(dOutput: Tensor, accumulatingInto dInput: Tensor, _ workspace: Workspace) {
        workspace.context.conv2dBackwardData(
            dOutput: dOutput, weight: workspace.value(weight), geometry: geometry(dInput), accumulatingInto: dInput)
    }

    /// Adds the parameters' gradients.
    func backwardParameters(input: Tensor, dOutput: Tensor, _ workspace: Workspace) {
        workspace.context.conv2dBackwardWeight(
            input: input, dOutput: dOutput, geometry: geometry(input),
            accumulatingInto: workspace.gradient(weight), dBias: workspace.gradient(bias))
    }

    private func geometry(_ input: Tensor) -> Conv2DGeometry {
        Conv2DGeometry(
            batch: input.shape[0], height: input.shape[1], width: input.shape[2], inputChannels: inputChannels,
            outputChannels: outputChannels, kernel: kernel, stride: stride, padding: padding, upsample: upsample)
    }
}
