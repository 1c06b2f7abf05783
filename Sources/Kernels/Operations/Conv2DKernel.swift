import CKernels

/// A convolution implementation. The registry is the ordered list of all: the first that accepts a geometry runs it.
///
/// To add one: a case at its place in the order, its line in `implementation`, its C functions behind the three signatures of
/// `gd_conv2d.h`. Nothing above this file knows which one runs.
public enum Conv2DKernel: String, Sendable, CaseIterable {
    /// Fused Winograd F(4x4, 3x3): stride 1, padding 1, multiples of 16 channels.
    case winograd4
    /// Winograd F(2x2, 3x3) for the same geometries: more products, a third of the rounding error.
    case winograd2
    /// Blocks of pixels, patches gathered a few kernel rows at a time, times packed weights. Accepts everything.
    case direct
    /// Plain loops with Double accumulators. Accepts everything; last.
    case reference

    /// All kernels, preferred first.
    public static var ordered: [Conv2DKernel] { allCases }

    /// Whether this kernel can run `geometry`.
    public func accepts(_ geometry: Conv2DGeometry) -> Bool { implementation.accepts(geometry) }

    var implementation: Conv2DImplementation {
        switch self {
        case .winograd4: .winograd4
        case .winograd2: .winograd2
        case .direct: .direct
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

    private typealias Scratch = @convention(c) @Sendable (UnsafePointer<gd_conv2d>?, Int32) -> Int64

    /// Asks the function of the pass.
    private static func scratchCount(
        _ forward: @escaping Scratch, _ backwardData: @escaping Scratch, _ backwardWeight: @escaping Scratch
    ) -> @Sendable (Conv2DGeometry, Conv2DPass, Int) -> Int {
        { geometry, pass, threads in
            var shape = geometry.cValue
            return switch pass {
            case .forward: Int(forward(&shape, Int32(threads)))
            case .backwardData: Int(backwardData(&shape, Int32(threads)))
            case .backwardWeight: Int(backwardWeight(&shape, Int32(threads)))
            }
        }
    }

    @Sendable private static func acceptsWinograd(_ geometry: Conv2DGeometry) -> Bool {
        var shape = geometry.cValue
        return gd_conv2d_accepts__winograd(&shape) != 0
    }

    static let winograd4 = Conv2DImplementation(
        accepts: acceptsWinograd,
        scratchCount: scratchCount(
            gd_conv2d_forward_scratch__winograd4, gd_conv2d_backward_data_scratch__winograd4,
            gd_conv2d_backward_weight_scratch__winograd4),
        executedFLOPs: { geometry, pass in winogradFLOPs(.f4x4, geometry, pass) }, forward: gd_f32_conv2d_forward__winograd4,
        backwardData: gd_f32_conv2d_backward_data__winograd4, backwardWeight: gd_f32_conv2d_backward_weight__winograd4)

    static let winograd2 = Conv2DImplementation(
        accepts: acceptsWinograd,
        scratchCount: scratchCount(
            gd_conv2d_forward_scratch__winograd2, gd_conv2d_backward_data_scratch__winograd2,
            gd_conv2d_backward_weight_scratch__winograd2),
        executedFLOPs: { geometry, pass in winogradFLOPs(.f2x2, geometry, pass) }, forward: gd_f32_conv2d_forward__winograd2,
        backwardData: gd_f32_conv2d_backward_data__winograd2, backwardWeight: gd_f32_conv2d_backward_weight__winograd2)

    static let direct = Conv2DImplementation(
        accepts: { _ in true },
        scratchCount: scratchCount(
            gd_conv2d_forward_scratch__direct, gd_conv2d_backward_data_scratch__direct, gd_conv2d_backward_weight_scratch__direct),
        executedFLOPs: { geometry, pass in directFLOPs(geometry, pass) }, forward: gd_f32_conv2d_forward__direct,
        backwardData: gd_f32_conv2d_backward_data__direct, backwardWeight: gd_f32_conv2d_backward_weight__direct)

    static let reference = Conv2DImplementation(
        accepts: { _ in true }, scratchCount: { _, _, _ in 0 }, executedFLOPs: { geometry, _ in geometry.nominalFLOPs },
        forward: gd_f32_conv2d_forward__reference, backwardData: gd_f32_conv2d_backward_data__reference,
        backwardWeight: gd_f32_conv2d_backward_weight__reference)
}

/// FLOPs of one direct pass: the products' columns come in panels of 16.
private func directFLOPs(_ geometry: Conv2DGeometry, _ pass: Conv2DPass) -> Int {
    let columns =
        switch pass {
        case .forward: geometry.outputChannels
        case .backwardData: geometry.inputChannels
        case .backwardWeight: geometry.inputChannels * geometry.kernel * geometry.kernel
        }
    return geometry.nominalFLOPs / columns * ((columns + 15) / 16 * 16)
}

/// FLOPs of a Winograd method: side of a tile, frequencies, and of each two-dimensional transform, as written in
/// simd_winograd_lines.h, the number of lines times the FLOPs of one.
private struct WinogradCost {
    let side, frequencies, inputTransform, outputTransform, gradientTransform, weightTransform, kernelTransform: Int

    static let f4x4 = WinogradCost(
        side: 4, frequencies: 36, inputTransform: 12 * 22, outputTransform: 10 * 16, gradientTransform: 10 * 14,
        weightTransform: 9 * 12, kernelTransform: 9 * 15)
    static let f2x2 = WinogradCost(
        side: 2, frequencies: 16, inputTransform: 8 * 4, outputTransform: 6 * 4, gradientTransform: 6 * 2,
        weightTransform: 7 * 5, kernelTransform: 7 * 6)
}

private func winogradFLOPs(_ cost: WinogradCost, _ geometry: Conv2DGeometry, _ pass: Conv2DPass) -> Int {
    let (inputs, outputs) = (geometry.inputChannels, geometry.outputChannels)
    let across = { (extent: Int) in (extent + cost.side - 1) / cost.side }
    let tiles = geometry.batch * across(geometry.outputHeight) * across(geometry.outputWidth)
    let products = 2 * cost.frequencies * tiles * inputs * outputs
    let kernels = inputs * outputs
    let (read, written) = pass == .backwardData ? (outputs, inputs) : (inputs, outputs)
    return switch pass {
    case .forward, .backwardData:
        products + kernels * cost.weightTransform
            + tiles * (read * cost.inputTransform + written * cost.outputTransform)
    case .backwardWeight:
        products + kernels * cost.kernelTransform
            + tiles * (inputs * cost.inputTransform + outputs * cost.gradientTransform)
    }
}
