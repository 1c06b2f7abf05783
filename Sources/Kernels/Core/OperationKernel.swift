/// The kernels of one operation: an enumeration whose cases are the ordered list, best first, the plain reference last.
///
/// The first that accepts a shape runs it. Dispatch, parity and gradient tests and `bench` all read this list. To add a kernel: a case
/// at its place in the order and its C functions beside it; docs/kernels.md goes through an example.
package protocol OperationKernel: RawRepresentable, CaseIterable, Hashable, Sendable where RawValue == String, AllCases == [Self] {
    associatedtype Shape: OperationShape
    /// As meters and profiles name the operation, e.g. `groupNorm` of `groupNorm.forward`.
    static var operation: String { get }
    /// Plain loops with sums in Double. Accepts every shape.
    static var reference: Self { get }
    /// Whether this kernel can run `shape`.
    func accepts(_ shape: Shape) -> Bool
}

extension OperationKernel {
    package func accepts(_ shape: Shape) -> Bool { true }
}

/// Kernels that run whatever they accept in place of the first of their list.
package struct KernelOverrides {
    private var kernels: [ObjectIdentifier: any OperationKernel] = [:]

    package subscript<Kernel: OperationKernel>(_ list: Kernel.Type) -> Kernel? {
        get { kernels[ObjectIdentifier(list)] as? Kernel }
        set { kernels[ObjectIdentifier(list)] = newValue }
    }
}

extension ComputeContext {
    /// The kernel that runs `shape` in this context.
    package func kernel<Kernel: OperationKernel>(for shape: Kernel.Shape, of list: Kernel.Type = Kernel.self) -> Kernel {
        if let override = overrides[list], override.accepts(shape) { return override }
        return list.allCases.first { $0.accepts(shape) } ?? .reference
    }

    /// The same, and tells `onFirstRun` of it.
    func chosenKernel<Kernel: OperationKernel>(for shape: Kernel.Shape, of list: Kernel.Type = Kernel.self) -> Kernel {
        let kernel = kernel(for: shape, of: list)
        if let onFirstRun, shapesRun.insert(AnyHashable(shape)).inserted { onFirstRun(shape, kernel) }
        return kernel
    }
}
