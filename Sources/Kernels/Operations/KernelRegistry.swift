/// The lists of kernels of all operations that have more than one.
package enum KernelRegistry {
    package static let operations: [any OperationKernel.Type] = [
        Conv2DKernel.self, BFloat16Conv2DKernel.self, DepthwiseKernel.self, GroupNormKernel.self, AttentionKernel.self,
        SiLUKernel.self,
        AdamWKernel.self,
    ]

    /// The plain reference of every operation, for `ComputeContext.overrides`.
    package static var references: [any OperationKernel] { operations.map { $0.reference } }
}
