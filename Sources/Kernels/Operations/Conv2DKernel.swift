import CKernels

/// The kernels of convolutions, best first: the first that accepts a geometry runs it. Nothing above this file knows which one runs.
public enum Conv2DKernel: String, Sendable, CaseIterable {
    /// Fused Winograd F(4x4, 3x3): stride 1, padding 1, multiples of 16 channels.
    case winograd4
    /// Winograd F(2x2, 3x3) for the same geometries: more products, a third of the rounding error.
    case winograd2
    /// Blocks of pixels, patches gathered a few kernel rows at a time, times packed weights. Accepts everything.
    case direct
    /// Plain loops with Double accumulators. Accepts everything; last.
    case reference
}

/// The three passes of a convolution.
package enum Conv2DPass: Sendable, CaseIterable {
    case forward, backwardData, backwardWeight
}

extension Conv2DKernel: ConvolutionKernel {
    static var precision: Precision { .float32 }
    package typealias Shape = Conv2DGeometry
    package static var operation: String { "conv" }

    package func accepts(_ geometry: Conv2DGeometry) -> Bool {
        switch self {
        case .winograd4, .winograd2:
            var shape = geometry.cValue
            return gd_conv2d_accepts__winograd(&shape) != 0
        case .direct, .reference: return true
        }
    }

    func executedFLOPs(_ geometry: Conv2DGeometry, _ pass: Conv2DPass) -> Int {
        switch self {
        case .winograd4: winogradFLOPs(.f4x4, geometry, pass)
        case .winograd2: winogradFLOPs(.f2x2, geometry, pass)
        case .direct: directFLOPs(geometry, pass)
        case .reference: geometry.nominalFLOPs
        }
    }

    var functions: Conv2DFunctions {
        switch self {
        case .winograd4:
            Conv2DFunctions(
                forward: gd_f32_conv2d_forward__winograd4, backwardData: gd_f32_conv2d_backward_data__winograd4,
                backwardWeight: gd_f32_conv2d_backward_weight__winograd4, forwardScratch: gd_conv2d_forward_scratch__winograd4,
                backwardDataScratch: gd_conv2d_backward_data_scratch__winograd4,
                backwardWeightScratch: gd_conv2d_backward_weight_scratch__winograd4)
        case .winograd2:
            Conv2DFunctions(
                forward: gd_f32_conv2d_forward__winograd2, backwardData: gd_f32_conv2d_backward_data__winograd2,
                backwardWeight: gd_f32_conv2d_backward_weight__winograd2, forwardScratch: gd_conv2d_forward_scratch__winograd2,
                backwardDataScratch: gd_conv2d_backward_data_scratch__winograd2,
                backwardWeightScratch: gd_conv2d_backward_weight_scratch__winograd2)
        case .direct:
            Conv2DFunctions(
                forward: gd_f32_conv2d_forward__direct, backwardData: gd_f32_conv2d_backward_data__direct,
                backwardWeight: gd_f32_conv2d_backward_weight__direct, forwardScratch: gd_conv2d_forward_scratch__direct,
                backwardDataScratch: gd_conv2d_backward_data_scratch__direct,
                backwardWeightScratch: gd_conv2d_backward_weight_scratch__direct)
        case .reference:
            Conv2DFunctions(
                forward: gd_f32_conv2d_forward__reference, backwardData: gd_f32_conv2d_backward_data__reference,
                backwardWeight: gd_f32_conv2d_backward_weight__reference)
        }
    }

    func scratch(_ pass: Conv2DPass) -> Conv2DFunctions.Scratch {
        switch pass {
        case .forward: functions.forwardScratch
        case .backwardData: functions.backwardDataScratch
        case .backwardWeight: functions.backwardWeightScratch
        }
    }
}

/// A kernel's C functions: one for each pass, and the floats of scratch that each needs.
struct Conv2DFunctions {
    typealias Scratch = (UnsafePointer<gd_conv2d>?, _ threads: Int32) -> Int64

    let forward: gd_f32_conv2d_forward
    let backwardData: gd_f32_conv2d_backward_data
    let backwardWeight: gd_f32_conv2d_backward_weight
    var forwardScratch: Scratch = { _, _ in 0 }
    var backwardDataScratch: Scratch = { _, _ in 0 }
    var backwardWeightScratch: Scratch = { _, _ in 0 }
}

/// FLOPs of one direct pass: the products' columns come in panels of 16.
private func directFLOPs(_ geometry: Conv2DGeometry, _ pass: Conv2DPass) -> Int {
    let columns =
        switch pass {
        case .forward: geometry.outputChannels
        case .backwardData: geometry.inputChannels
        case .backwardWeight: geometry.weightCount / geometry.outputChannels
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
