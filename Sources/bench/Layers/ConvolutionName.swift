import Kernels

/// The first part of a convolution's problem string: `conv3x3`, `conv1x1`, `conv3x3s2` (stride 2, one row of zeros below and one
/// column to the right, as diffusers' `downsample_padding: 0`), `conv3x3s2p1` (stride 2, zeros on all sides), `conv3x3u2` (of the input
/// upsampled by 2), `conv1x7` and `conv7x1`.
struct ConvolutionName: Equatable, CustomStringConvertible {
    let kernelHeight, kernelWidth: Int
    let stride: Int
    let padding: Conv2DGeometry.Padding
    let upsample: Int

    private static let all = [
        "conv1x1": ConvolutionName(kernel: 1, stride: 1, padding: .init(0)),
        "conv3x3": ConvolutionName(kernel: 3, stride: 1, padding: .init(1)),
        "conv3x3s2": ConvolutionName(kernel: 3, stride: 2, padding: .asymmetric),
        "conv3x3s2p1": ConvolutionName(kernel: 3, stride: 2, padding: .init(1)),
        "conv3x3u2": ConvolutionName(kernel: 3, stride: 1, padding: .init(1), upsample: 2),
        "conv1x7": ConvolutionName(kernelHeight: 1, kernelWidth: 7, padding: .init(top: 0, left: 3, bottom: 0, right: 3)),
        "conv7x1": ConvolutionName(kernelHeight: 7, kernelWidth: 1, padding: .init(top: 3, left: 0, bottom: 3, right: 0)),
    ]

    private init(
        kernelHeight: Int, kernelWidth: Int, stride: Int = 1, padding: Conv2DGeometry.Padding, upsample: Int = 1
    ) {
        (self.kernelHeight, self.kernelWidth, self.stride) = (kernelHeight, kernelWidth, stride)
        (self.padding, self.upsample) = (padding, upsample)
    }

    private init(kernel: Int, stride: Int, padding: Conv2DGeometry.Padding, upsample: Int = 1) {
        self.init(kernelHeight: kernel, kernelWidth: kernel, stride: stride, padding: padding, upsample: upsample)
    }

    /// The convolution of that name, nil if there is none.
    init?(_ name: some StringProtocol) {
        guard let known = Self.all[String(name)] else { return nil }
        self = known
    }

    /// The name of a convolution on square images; nil for one that has no problem string.
    init?(_ geometry: Conv2DGeometry) {
        let name = ConvolutionName(
            kernelHeight: geometry.kernelHeight, kernelWidth: geometry.kernelWidth, stride: geometry.stride,
            padding: geometry.padding, upsample: geometry.upsample)
        guard geometry.height == geometry.width, Self.all.values.contains(name) else { return nil }
        self = name
    }

    var description: String { Self.all.first { $0.value == self }?.key ?? "" }

    func geometry(batch: Int, inputChannels: Int, outputChannels: Int, side: Int) -> Conv2DGeometry? {
        guard upsample * side + padding.top + padding.bottom >= kernelHeight,
            upsample * side + padding.left + padding.right >= kernelWidth
        else { return nil }
        return Conv2DGeometry(
            batch: batch, height: side, width: side, inputChannels: inputChannels, outputChannels: outputChannels,
            kernelHeight: kernelHeight, kernelWidth: kernelWidth, stride: stride, padding: padding, upsample: upsample)
    }
}
