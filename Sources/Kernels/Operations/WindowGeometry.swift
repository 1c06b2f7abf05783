import CKernels

/// Extents of an operation that moves a square window over images and keeps their channels apart.
package struct WindowGeometry: OperationShape {
    /// Images, their pixels and channels.
    package let batch, height, width, channels: Int
    /// Side of the window.
    package let kernel: Int
    /// Pixels from one window to the next one.
    package let stride: Int
    /// How far windows reach beyond an image.
    package let padding: Conv2DGeometry.Padding

    /// All extents must be positive, the padded image at least as large as the window, each side's padding smaller than it: every
    /// window then has a pixel (preconditions).
    package init(
        batch: Int, height: Int, width: Int, channels: Int, kernel: Int, stride: Int = 1,
        padding: Conv2DGeometry.Padding = .init(0)
    ) {
        (self.batch, self.height, self.width, self.channels) = (batch, height, width, channels)
        (self.kernel, self.stride, self.padding) = (kernel, stride, padding)
        precondition(min(batch, height, width, channels, kernel, stride) > 0, "window over an empty extent")
        precondition(
            max(padding.top, padding.bottom, padding.left, padding.right) < kernel, "padding of a whole window of \(kernel)")
        precondition(outputHeight > 0 && outputWidth > 0, "a window of \(kernel) is larger than the padded image")
    }

    /// OH.
    package var outputHeight: Int { (height + padding.top + padding.bottom - kernel) / stride + 1 }
    /// OW.
    package var outputWidth: Int { (width + padding.left + padding.right - kernel) / stride + 1 }

    /// Elements of the input (N, H, W, C).
    package var inputCount: Int { batch * height * width * channels }
    /// Elements of the output (N, OH, OW, C).
    package var outputCount: Int { batch * outputHeight * outputWidth * channels }

    /// Extents as in `3x3 s2 n8 c32 hw56x56`.
    package var description: String { "\(kernel)x\(kernel) s\(stride) n\(batch) c\(channels) hw\(height)x\(width)" }

    var cValue: gd_window {
        gd_window(
            batch: Int64(batch), height: Int64(height), width: Int64(width), channels: Int64(channels),
            output_height: Int64(outputHeight), output_width: Int64(outputWidth), kernel: Int64(kernel), stride: Int64(stride),
            pad_top: Int64(padding.top), pad_left: Int64(padding.left))
    }
}
