import CKernels

/// A convolution implementation. The registry is the ordered list of all: the first that accepts a geometry runs it.
///
/// To add one: a case at its place in the order, its line in `implementation`, its C functions behind the three signatures of
/// `gd_conv2d.h`. Nothing above this file knows which one runs.
public enum Conv2DKernel: String, Sendable, CaseIterable {
    /// Fused Winograd F(4x4, 3x3): stride 1, padding 1, multiples of 16 channels.
    case winograd4
    /// Gathered patches times packed weights in OpenBLAS. Accepts everything.
    case gemm
    /// Plain loops with Double accumulators. Accepts everything; last.
    case reference

    /// All kernels, preferred first.
    public static var ordered: [Conv2DKernel] { allCases }

    /// Whether this kernel can run `geometry`.
    public func accepts(_ geometry: Conv2DGeometry) -> Bool { implementation.accepts(geometry) }

    var implementation: Conv2DImplementation {
        switch self {
        case .winograd4: .winograd4
        case .gemm: .gemm
        case .reference: .reference
        }
    }
}

/// The three passes of a convolution.
package enum Conv2DPass: Sendable, CaseIterable {
    case forward, backwardData, backwardWeight
}

/// One entry of the registry: what it accepts, what it needs, what it executes, how it is called.
struct Conv2DImplementation: Sendable {
    let accepts: @Sendable (Conv2DGeometry) -> Bool
    /// Floats of scratch for a pass with so many threads.
    let scratchCount: @Sendable (Conv2DGeometry, Conv2DPass, _ threads: Int) -> Int
    /// FLOPs that the kernel really computes, transforms included.
    let executedFLOPs: @Sendable (Conv2DGeometry, Conv2DPass) -> Int
    let forward:
        @convention(c) @Sendable (
            UnsafePointer<gd_conv2d>?, UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafePointer<gd_epilogue>?,
            UnsafeMutablePointer<Float>?, UnsafeMutablePointer<Float>?, Int32
        ) -> gd_status
    let backwardData:
        @convention(c) @Sendable (
            UnsafePointer<gd_conv2d>?, UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?,
            Int32, UnsafeMutablePointer<Float>?, Int32
        ) -> gd_status
    let backwardWeight:
        @convention(c) @Sendable (
            UnsafePointer<gd_conv2d>?, UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?,
            UnsafeMutablePointer<Float>?, UnsafeMutablePointer<Float>?, Int32
        ) -> gd_status

    static let winograd4 = Conv2DImplementation(
        accepts: { geometry in
            var shape = geometry.cValue
            return gd_conv2d_accepts__winograd4(&shape) != 0
        },
        scratchCount: { geometry, pass, threads in
            var shape = geometry.cValue
            return switch pass {
            case .forward: Int(gd_conv2d_forward_scratch__winograd4(&shape, Int32(threads)))
            case .backwardData: Int(gd_conv2d_backward_data_scratch__winograd4(&shape, Int32(threads)))
            case .backwardWeight: Int(gd_conv2d_backward_weight_scratch__winograd4(&shape, Int32(threads)))
            }
        },
        executedFLOPs: { geometry, pass in winogradFLOPs(geometry, pass) }, forward: gd_f32_conv2d_forward__winograd4,
        backwardData: gd_f32_conv2d_backward_data__winograd4, backwardWeight: gd_f32_conv2d_backward_weight__winograd4)

    static let gemm = Conv2DImplementation(
        accepts: { _ in true },
        scratchCount: { geometry, pass, threads in
            var shape = geometry.cValue
            return switch pass {
            case .forward: Int(gd_conv2d_forward_scratch__gemm(&shape, Int32(threads)))
            case .backwardData: Int(gd_conv2d_backward_data_scratch__gemm(&shape, Int32(threads)))
            case .backwardWeight: Int(gd_conv2d_backward_weight_scratch__gemm(&shape, Int32(threads)))
            }
        },
        executedFLOPs: { geometry, _ in geometry.nominalFLOPs }, forward: gd_f32_conv2d_forward__gemm,
        backwardData: gd_f32_conv2d_backward_data__gemm, backwardWeight: gd_f32_conv2d_backward_weight__gemm)

    static let reference = Conv2DImplementation(
        accepts: { _ in true }, scratchCount: { _, _, _ in 0 }, executedFLOPs: { geometry, _ in geometry.nominalFLOPs },
        forward: gd_f32_conv2d_forward__reference, backwardData: gd_f32_conv2d_backward_data__reference,
        backwardWeight: gd_f32_conv2d_backward_weight__reference)
}

/// FLOPs of one Winograd F(4x4, 3x3) pass: 36 products a tile and channel pair, and the transforms of tiles and weights.
private func winogradFLOPs(_ geometry: Conv2DGeometry, _ pass: Conv2DPass) -> Int {
    // One-dimensional transforms times the FLOPs of each, as written in winograd_transforms.c and winograd_weights.c.
    let (inputTransform, outputTransform, gradientTransform) = (12 * 22, 10 * 16, 10 * 14)
    let weightTransform = pass == .backwardWeight ? 9 * 15 : 9 * 12
    let (inputs, outputs) = (geometry.inputChannels, geometry.outputChannels)
    let tiles = geometry.batch * ((geometry.outputHeight + 3) / 4) * ((geometry.outputWidth + 3) / 4)
    let products = 2 * 36 * tiles * inputs * outputs
    let weights = inputs * outputs * weightTransform
    return switch pass {
    case .forward: products + weights + tiles * (inputs * inputTransform + outputs * outputTransform)
    case .backwardData: products + weights + tiles * (outputs * inputTransform + inputs * outputTransform)
    case .backwardWeight: products + weights + tiles * (inputs * inputTransform + outputs * gradientTransform)
    }
}
