import CKernels

/// A convolution implementation. The registry is the ordered list of all: the first that accepts a geometry runs it.
///
/// To add one: a case at its place in the order, its line in `implementation`, its C functions behind the three signatures of
/// `gd_conv2d.h`. Nothing above this file knows which one runs.
public enum Conv2DKernel: String, Sendable, CaseIterable {
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
            UnsafePointer<gd_conv2d>?, UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafePointer<Float>?,
            UnsafeMutablePointer<Float>?, UnsafeMutablePointer<Float>?, Int32
        ) -> gd_status
    let backwardData:
        @convention(c) @Sendable (
            UnsafePointer<gd_conv2d>?, UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?,
            UnsafeMutablePointer<Float>?, Int32
        ) -> gd_status
    let backwardWeight:
        @convention(c) @Sendable (
            UnsafePointer<gd_conv2d>?, UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?,
            UnsafeMutablePointer<Float>?, UnsafeMutablePointer<Float>?, Int32
        ) -> gd_status

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
