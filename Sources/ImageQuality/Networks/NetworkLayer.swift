import Kernels

/// A feature network as an expression: layers after one another, beside one another, and what skips them.
indirect enum NetworkLayer {
    case convolution(FoldedConvolution)
    /// The input plus what the layer makes of it.
    case residual(NetworkLayer)
    /// What each layer makes of the input, joined along the channels.
    case branches([NetworkLayer])
    case sequence([NetworkLayer])
    case pool(Pooling, kernel: Int, stride: Int, padding: Int)
    /// The mean of all pixels of each channel.
    case globalAverage
}

/// A convolution with the batch normalisation that follows it in its weights, and its activation.
struct FoldedConvolution {
    /// Dense (O, I, KH, KW) or, where each channel has its own kernel, (C, 1, K, K).
    let weight: Tensor
    /// (O).
    let bias: Tensor
    let isDepthwise: Bool
    let stride: Int
    let padding: Conv2DGeometry.Padding
    let activation: LayerActivation
}

/// Runs layers in one context.
struct LayerRun {
    let context: ComputeContext
    let memory: ActivationMemory

    /// The layer's output (N, OH, OW, O) for `input` (N, H, W, C).
    func output(of layer: NetworkLayer, on input: Tensor) -> Tensor {
        switch layer {
        case .convolution(let convolution): return output(of: convolution, on: input)
        case .residual(let layer):
            let output = output(of: layer, on: input)
            context.addForward(output, input, into: output)
            return output
        case .branches(let branches): return joined(branches.map { output(of: $0, on: input) })
        case .sequence(let layers): return layers.reduce(input) { output(of: $1, on: $0) }
        case .pool(let pooling, let kernel, let stride, let padding):
            return pool(pooling, input, kernel: kernel, stride: stride, padding: padding)
        case .globalAverage: return pool(.average, input, kernel: input.shape[1], stride: 1, padding: 0)
        }
    }

    private func output(of layer: FoldedConvolution, on input: Tensor) -> Tensor {
        let (shape, weight) = (input.shape, layer.weight.shape)
        if layer.isDepthwise {
            let geometry = WindowGeometry(
                batch: shape[0], height: shape[1], width: shape[2], channels: shape[3], kernel: weight[2],
                stride: layer.stride, padding: layer.padding)
            let output = memory.tensor([shape[0], geometry.outputHeight, geometry.outputWidth, shape[3]])
            context.depthwiseForward(
                input: input, weight: layer.weight, bias: layer.bias, activation: layer.activation, geometry: geometry,
                into: output)
            return output
        }
        let geometry = Conv2DGeometry(
            batch: shape[0], height: shape[1], width: shape[2], inputChannels: shape[3], outputChannels: weight[0],
            kernelHeight: weight[2], kernelWidth: weight[3], stride: layer.stride, padding: layer.padding)
        let output = memory.tensor([shape[0], geometry.outputHeight, geometry.outputWidth, weight[0]])
        context.conv2dForward(
            input: input, weight: layer.weight, bias: layer.bias, activation: layer.activation, geometry: geometry,
            into: output)
        return output
    }

    private func pool(_ pooling: Pooling, _ input: Tensor, kernel: Int, stride: Int, padding: Int) -> Tensor {
        let shape = input.shape
        let geometry = WindowGeometry(
            batch: shape[0], height: shape[1], width: shape[2], channels: shape[3], kernel: kernel, stride: stride,
            padding: .init(padding))
        let output = memory.tensor([shape[0], geometry.outputHeight, geometry.outputWidth, shape[3]])
        context.poolForward(pooling, input: input, geometry: geometry, into: output)
        return output
    }

    private func joined(_ parts: [Tensor]) -> Tensor {
        guard parts.count > 1 else { return parts[0] }
        let (first, second) = (joined(Array(parts[..<(parts.count / 2)])), joined(Array(parts[(parts.count / 2)...])))
        let output = memory.tensor(first.shape.dropLast() + [first.shape[3] + second.shape[3]])
        context.concatenateForward(first, second, into: output)
        return output
    }
}
