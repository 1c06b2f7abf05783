import Kernels

/// EfficientNet-Lite0 [Tan & Le 2019; Liu 2020] up to its pooled features, with the tensor names of the PyTorch package
/// `efficientnet-lite-pytorch`.
enum EfficientNetLite0 {
    /// Blocks of one kind: the first has the stride, all have `outputs` channels.
    private struct Stage {
        let blocks, kernel, stride, expansion, outputs: Int
    }

    private static let stages = [
        Stage(blocks: 1, kernel: 3, stride: 1, expansion: 1, outputs: 16),
        Stage(blocks: 2, kernel: 3, stride: 2, expansion: 6, outputs: 24),
        Stage(blocks: 2, kernel: 5, stride: 2, expansion: 6, outputs: 40),
        Stage(blocks: 3, kernel: 3, stride: 2, expansion: 6, outputs: 80),
        Stage(blocks: 3, kernel: 5, stride: 1, expansion: 6, outputs: 112),
        Stage(blocks: 4, kernel: 5, stride: 2, expansion: 6, outputs: 192),
        Stage(blocks: 1, kernel: 3, stride: 1, expansion: 6, outputs: 320),
    ]
    private static let stemChannels = 32
    static let featureCount = 1280

    /// TensorFlow's "same" for images of 224 pixels, whose sides are even wherever the stride is 2: the package fixes these paddings,
    /// and images of another size get them, too.
    private static func padding(kernel: Int, stride: Int) -> Conv2DGeometry.Padding {
        let before = (kernel - stride) / 2
        let after = kernel - stride - before
        return .init(top: before, left: before, bottom: after, right: after)
    }

    static func layers(_ weights: NetworkWeights) throws -> NetworkLayer {
        var layers = [
            try weights.convolution(
                "_conv_stem", normalization: "_bn0", shape: [stemChannels, 3, 3, 3], stride: 2,
                padding: padding(kernel: 3, stride: 2), activation: .relu6)
        ]
        var channels = stemChannels
        for stage in stages {
            for index in 0..<stage.blocks {
                let stride = index == 0 ? stage.stride : 1
                layers.append(try block(weights, "_blocks.\(layers.count - 1)", stage, inputs: channels, stride: stride))
                channels = stage.outputs
            }
        }
        layers.append(
            try weights.convolution(
                "_conv_head", normalization: "_bn1", shape: [featureCount, channels, 1, 1], padding: .init(0),
                activation: .relu6))
        return .sequence(layers + [.globalAverage])
    }

    /// An inverted bottleneck: wider, each channel by itself, narrower again.
    private static func block(
        _ weights: NetworkWeights, _ name: String, _ stage: Stage, inputs: Int, stride: Int
    ) throws -> NetworkLayer {
        let width = inputs * stage.expansion
        var layers: [NetworkLayer] = []
        if stage.expansion > 1 {
            layers.append(
                try weights.convolution(
                    "\(name)._expand_conv", normalization: "\(name)._bn0", shape: [width, inputs, 1, 1], padding: .init(0),
                    activation: .relu6))
        }
        layers.append(
            try weights.convolution(
                "\(name)._depthwise_conv", normalization: "\(name)._bn1", shape: [width, 1, stage.kernel, stage.kernel],
                stride: stride, padding: padding(kernel: stage.kernel, stride: stride), activation: .relu6))
        layers.append(
            try weights.convolution(
                "\(name)._project_conv", normalization: "\(name)._bn2", shape: [stage.outputs, width, 1, 1],
                padding: .init(0), activation: .linear))
        return stride == 1 && inputs == stage.outputs ? .residual(.sequence(layers)) : .sequence(layers)
    }
}
