import CKernels

/// Extents of a 2-D convolution.
package struct Conv2DGeometry: Sendable, Hashable {
    /// Zero pixels around the input.
    package struct Padding: Sendable, Hashable {
        /// Rows of zeros.
        package var top, bottom: Int
        /// Columns of zeros.
        package var left, right: Int

        /// Zeros on each side.
        package init(top: Int, left: Int, bottom: Int, right: Int) {
            (self.top, self.left, self.bottom, self.right) = (top, left, bottom, right)
        }

        /// The same on all sides.
        package init(_ all: Int) { self.init(top: all, left: all, bottom: all, right: all) }

        /// diffusers' `downsample_padding: 0`: one row below, one column to the right.
        package static let asymmetric = Padding(top: 0, left: 0, bottom: 1, right: 1)
    }

    /// Images.
    package let batch: Int
    /// Pixels of an input image.
    package let height, width: Int
    /// Channels of the input (I) and of the output (O).
    package let inputChannels, outputChannels: Int
    /// Extents of the kernel.
    package let kernelHeight, kernelWidth: Int
    /// Pixels from one output pixel's taps to the next one's.
    package let stride: Int
    /// Of the upsampled input.
    package let padding: Padding
    /// 1, or 2: the convolution sees each input pixel as 2x2 (nearest neighbour), in every pass; nothing is stored large.
    package let upsample: Int

    /// All extents must be positive, the upsampled and padded input at least as large as the kernel (preconditions).
    ///
    /// - Parameters:
    ///   - padding: of the upsampled input; nil pads by half the kernel, rounded down, on all sides.
    ///   - upsample: 1 or 2.
    package init(
        batch: Int, height: Int, width: Int, inputChannels: Int, outputChannels: Int, kernelHeight: Int, kernelWidth: Int,
        stride: Int = 1, padding: Padding? = nil, upsample: Int = 1
    ) {
        (self.batch, self.height, self.width) = (batch, height, width)
        (self.inputChannels, self.outputChannels) = (inputChannels, outputChannels)
        (self.kernelHeight, self.kernelWidth, self.stride, self.upsample) = (kernelHeight, kernelWidth, stride, upsample)
        let (rows, columns) = (kernelHeight / 2, kernelWidth / 2)
        self.padding = padding ?? Padding(top: rows, left: columns, bottom: rows, right: columns)
        precondition(
            min(batch, height, width, inputChannels, outputChannels, kernelHeight, kernelWidth, stride) > 0,
            "convolution with an empty extent")
        precondition(upsample == 1 || upsample == 2, "upsampling by \(upsample), expected 1 or 2")
        precondition(
            outputHeight > 0 && outputWidth > 0, "kernel \(kernelHeight)x\(kernelWidth) is larger than the padded input")
    }

    /// The same with a square kernel.
    package init(
        batch: Int, height: Int, width: Int, inputChannels: Int, outputChannels: Int, kernel: Int, stride: Int = 1,
        padding: Padding? = nil, upsample: Int = 1
    ) {
        self.init(
            batch: batch, height: height, width: width, inputChannels: inputChannels, outputChannels: outputChannels,
            kernelHeight: kernel, kernelWidth: kernel, stride: stride, padding: padding, upsample: upsample)
    }

    /// OH.
    package var outputHeight: Int { (upsample * height + padding.top + padding.bottom - kernelHeight) / stride + 1 }
    /// OW.
    package var outputWidth: Int { (upsample * width + padding.left + padding.right - kernelWidth) / stride + 1 }

    /// Elements of the input (N, H, W, I).
    package var inputCount: Int { batch * height * width * inputChannels }
    /// Elements of the output (N, OH, OW, O).
    package var outputCount: Int { batch * outputHeight * outputWidth * outputChannels }
    /// Elements of the weight (O, I, KH, KW).
    package var weightCount: Int { outputChannels * inputChannels * kernelHeight * kernelWidth }

    /// Textbook FLOPs of one pass (forward, data gradient or weight gradient): 2 a multiply-add, padding included.
    package var nominalFLOPs: Int { 2 * weightCount * batch * outputHeight * outputWidth }

    /// Bytes that one pass reads and writes at least once.
    func bytes(_ precision: Precision) -> Int { precision.bytes * (inputCount + outputCount) + floatBytes(weightCount) }

    var cValue: gd_conv2d {
        gd_conv2d(
            batch: Int64(batch), height: Int64(height), width: Int64(width), input_channels: Int64(inputChannels),
            output_height: Int64(outputHeight), output_width: Int64(outputWidth), output_channels: Int64(outputChannels),
            kernel_rows: Int64(kernelHeight), kernel_columns: Int64(kernelWidth), stride: Int64(stride),
            pad_top: Int64(padding.top), pad_left: Int64(padding.left), upsample: Int64(upsample))
    }
}

extension Conv2DGeometry: OperationShape {
    /// Extents as in `3x3 s1 n8 ci128 co128 hw32x32`.
    package var description: String {
        "\(kernelHeight)x\(kernelWidth) s\(stride) n\(batch) ci\(inputChannels) co\(outputChannels) hw\(height)x\(width)"
            + (upsample == 1 ? "" : " upsampled")
    }
}
