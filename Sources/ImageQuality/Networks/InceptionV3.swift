import Kernels

/// InceptionV3 [Szegedy 2016] up to its pooled features as the Frechet inception distance has it [Heusel 2017], with the tensor names
/// of `pytorch-fid`: unlike the published network it averages without the zeros at the borders, and its last block takes maxima.
struct InceptionV3 {
    static let featureCount = 2048

    /// A convolution of a chain. Padded, its output has the size of its input.
    private struct Step {
        let name: String
        let outputs, kernelHeight, kernelWidth, stride: Int
        let isPadded: Bool

        init(_ name: String, _ outputs: Int, _ height: Int = 1, _ width: Int = 1, stride: Int = 1, padded: Bool = true) {
            (self.name, self.outputs, self.kernelHeight, self.kernelWidth) = (name, outputs, height, width)
            (self.stride, isPadded) = (stride, padded)
        }
    }

    private let weights: NetworkWeights

    static func layers(_ weights: NetworkWeights) throws -> NetworkLayer {
        let network = InceptionV3(weights: weights)
        return .sequence(
            [
                try network.chain("", 3, [.init("Conv2d_1a_3x3", 32, 3, 3, stride: 2, padded: false)]),
                try network.chain("", 32, [.init("Conv2d_2a_3x3", 32, 3, 3, padded: false), .init("Conv2d_2b_3x3", 64, 3, 3)]),
                halving,
                try network.chain("", 64, [.init("Conv2d_3b_1x1", 80), .init("Conv2d_4a_3x3", 192, 3, 3, padded: false)]),
                halving,
                try network.blockA("Mixed_5b.", 192, pooled: 32), try network.blockA("Mixed_5c.", 256, pooled: 64),
                try network.blockA("Mixed_5d.", 288, pooled: 64), try network.blockB("Mixed_6a.", 288),
                try network.blockC("Mixed_6b.", inner: 128), try network.blockC("Mixed_6c.", inner: 160),
                try network.blockC("Mixed_6d.", inner: 160), try network.blockC("Mixed_6e.", inner: 192),
                try network.blockD("Mixed_7a.", 768), try network.blockE("Mixed_7b.", 1280, .average),
                try network.blockE("Mixed_7c.", 2048, .maximum), .globalAverage,
            ])
    }

    private static var halving: NetworkLayer { .pool(.maximum, kernel: 3, stride: 2, padding: 0) }

    private func chain(_ block: String, _ inputs: Int, _ steps: [Step]) throws -> NetworkLayer {
        var channels = inputs
        return .sequence(
            try steps.map { step in
                let (rows, columns) = step.isPadded ? (step.kernelHeight / 2, step.kernelWidth / 2) : (0, 0)
                defer { channels = step.outputs }
                return try weights.convolution(
                    "\(block)\(step.name).conv", normalization: "\(block)\(step.name).bn",
                    shape: [step.outputs, channels, step.kernelHeight, step.kernelWidth], stride: step.stride,
                    padding: .init(top: rows, left: columns, bottom: rows, right: columns), activation: .relu)
            })
    }

    private func pooled(_ block: String, _ inputs: Int, _ pooling: Pooling, _ outputs: Int) throws -> NetworkLayer {
        .sequence([
            .pool(pooling, kernel: 3, stride: 1, padding: 1), try chain(block, inputs, [.init("branch_pool", outputs)]),
        ])
    }

    private func blockA(_ block: String, _ inputs: Int, pooled outputs: Int) throws -> NetworkLayer {
        .branches([
            try chain(block, inputs, [.init("branch1x1", 64)]),
            try chain(block, inputs, [.init("branch5x5_1", 48), .init("branch5x5_2", 64, 5, 5)]),
            try chain(
                block, inputs,
                [.init("branch3x3dbl_1", 64), .init("branch3x3dbl_2", 96, 3, 3), .init("branch3x3dbl_3", 96, 3, 3)]),
            try pooled(block, inputs, .average, outputs),
        ])
    }

    private func blockB(_ block: String, _ inputs: Int) throws -> NetworkLayer {
        .branches([
            try chain(block, inputs, [.init("branch3x3", 384, 3, 3, stride: 2, padded: false)]),
            try chain(
                block, inputs,
                [
                    .init("branch3x3dbl_1", 64), .init("branch3x3dbl_2", 96, 3, 3),
                    .init("branch3x3dbl_3", 96, 3, 3, stride: 2, padded: false),
                ]),
            Self.halving,
        ])
    }

    private func blockC(_ block: String, inner: Int) throws -> NetworkLayer {
        .branches([
            try chain(block, 768, [.init("branch1x1", 192)]),
            try chain(
                block, 768,
                [.init("branch7x7_1", inner), .init("branch7x7_2", inner, 1, 7), .init("branch7x7_3", 192, 7, 1)]),
            try chain(
                block, 768,
                [
                    .init("branch7x7dbl_1", inner), .init("branch7x7dbl_2", inner, 7, 1), .init("branch7x7dbl_3", inner, 1, 7),
                    .init("branch7x7dbl_4", inner, 7, 1), .init("branch7x7dbl_5", 192, 1, 7),
                ]),
            try pooled(block, 768, .average, 192),
        ])
    }

    private func blockD(_ block: String, _ inputs: Int) throws -> NetworkLayer {
        .branches([
            try chain(
                block, inputs, [.init("branch3x3_1", 192), .init("branch3x3_2", 320, 3, 3, stride: 2, padded: false)]),
            try chain(
                block, inputs,
                [
                    .init("branch7x7x3_1", 192), .init("branch7x7x3_2", 192, 1, 7), .init("branch7x7x3_3", 192, 7, 1),
                    .init("branch7x7x3_4", 192, 3, 3, stride: 2, padded: false),
                ]),
            Self.halving,
        ])
    }

    private func blockE(_ block: String, _ inputs: Int, _ pooling: Pooling) throws -> NetworkLayer {
        func split(_ name: String) throws -> NetworkLayer {
            .branches([
                try chain(block, 384, [.init("\(name)a", 384, 1, 3)]), try chain(block, 384, [.init("\(name)b", 384, 3, 1)]),
            ])
        }
        return .branches([
            try chain(block, inputs, [.init("branch1x1", 320)]),
            .sequence([try chain(block, inputs, [.init("branch3x3_1", 384)]), try split("branch3x3_2")]),
            .sequence([
                try chain(block, inputs, [.init("branch3x3dbl_1", 448), .init("branch3x3dbl_2", 384, 3, 3)]),
                try split("branch3x3dbl_3"),
            ]),
            try pooled(block, inputs, pooling, 192),
        ])
    }
}
