import CKernels

/// The kernels of convolutions of bfloat16 activations. Which is best depends on what multiplies bfloat16 on this machine: `order`.
package enum BFloat16Conv2DKernel: String, Sendable, CaseIterable {
    /// A band of rows copied with its padding; each tap of the kernel is a product with it: stride 1, multiples of 32 channels.
    case band
    /// Fused Winograd F(4x4, 3x3) in floats that reads and writes bfloat16.
    case winograd4
    /// Gathered patches times packed weights.
    case patches
    /// Plain loops with Double accumulators. Accepts everything; last.
    case reference
}

extension BFloat16Conv2DKernel: ConvolutionKernel {
    static var precision: Precision { .bfloat16 }
    package typealias Shape = Conv2DGeometry
    package static var operation: String { "bfloat16conv" }

    /// Winograd saves three of four products, which an instruction for tiles more than makes up for, and no other.
    package static var order: [BFloat16Conv2DKernel] {
        BFloat16Unit.selected.multipliesTiles ? allCases : [.winograd4, .band, .patches, .reference]
    }

    package func accepts(_ geometry: Conv2DGeometry) -> Bool {
        var shape = geometry.cValue
        return switch self {
        case .band: gd_bf16_conv2d_accepts__band(&shape) != 0
        case .winograd4: gd_conv2d_accepts__winograd(&shape) != 0
        case .patches: gd_bf16_conv2d_accepts__patches(&shape) != 0
        case .reference: true
        }
    }

    var factors: Precision { self == .winograd4 ? .float32 : .bfloat16 }

    func executedFLOPs(_ geometry: Conv2DGeometry, _ pass: Conv2DPass) -> Int {
        switch self {
        case .winograd4: Conv2DKernel.winograd4.executedFLOPs(geometry, pass)
        case .band, .patches, .reference: geometry.nominalFLOPs
        }
    }

    func scratch(_ pass: Conv2DPass) -> Conv2DFunctions.Scratch {
        switch pass {
        case .forward: functions.forwardScratch
        case .backwardData: functions.backwardDataScratch
        case .backwardWeight: functions.backwardWeightScratch
        }
    }

    var functions: BFloat16Conv2DFunctions {
        switch self {
        case .band:
            BFloat16Conv2DFunctions(
                forward: gd_bf16_conv2d_forward__band, backwardData: gd_bf16_conv2d_backward_data__band,
                backwardWeight: gd_bf16_conv2d_backward_weight__band, forwardScratch: gd_bf16_conv2d_forward_scratch__band,
                backwardDataScratch: gd_bf16_conv2d_backward_data_scratch__band,
                backwardWeightScratch: gd_bf16_conv2d_backward_weight_scratch__band)
        case .winograd4:
            BFloat16Conv2DFunctions(
                forward: gd_bf16_conv2d_forward__winograd4, backwardData: gd_bf16_conv2d_backward_data__winograd4,
                backwardWeight: gd_bf16_conv2d_backward_weight__winograd4,
                forwardScratch: gd_conv2d_forward_scratch__winograd4,
                backwardDataScratch: gd_conv2d_backward_data_scratch__winograd4,
                backwardWeightScratch: gd_conv2d_backward_weight_scratch__winograd4)
        case .patches:
            BFloat16Conv2DFunctions(
                forward: gd_bf16_conv2d_forward__patches, backwardData: gd_bf16_conv2d_backward_data__patches,
                backwardWeight: gd_bf16_conv2d_backward_weight__patches,
                forwardScratch: gd_bf16_conv2d_forward_scratch__patches,
                backwardDataScratch: gd_bf16_conv2d_backward_data_scratch__patches,
                backwardWeightScratch: gd_bf16_conv2d_backward_weight_scratch__patches)
        case .reference:
            BFloat16Conv2DFunctions(
                forward: gd_bf16_conv2d_forward__reference, backwardData: gd_bf16_conv2d_backward_data__reference,
                backwardWeight: gd_bf16_conv2d_backward_weight__reference,
                forwardScratch: gd_bf16_conv2d_scratch__reference,
                backwardDataScratch: gd_bf16_conv2d_scratch__reference,
                backwardWeightScratch: gd_bf16_conv2d_scratch__reference)
        }
    }
}

extension Conv2DKernel {
    /// The kernel of bfloat16 activations that works alike.
    package var forBFloat16: BFloat16Conv2DKernel {
        switch self {
        case .winograd4, .winograd2: .winograd4
        case .direct: .patches
        case .reference: .reference
        }
    }
}

/// A kernel's C functions: one for each pass, and the floats of scratch that each needs.
struct BFloat16Conv2DFunctions {
    let forward: gd_bf16_conv2d_forward
    let backwardData: gd_bf16_conv2d_backward_data
    let backwardWeight: gd_bf16_conv2d_backward_weight
    let forwardScratch, backwardDataScratch, backwardWeightScratch: Conv2DFunctions.Scratch
}
