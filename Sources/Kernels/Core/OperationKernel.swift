/// The kernels of one operation: an enumeration whose cases are the ordered list, best first, the plain reference last.
///
/// The first that accepts a shape runs it. Dispatch, parity and gradient tests and `bench` all read this list. To add a kernel: a case
/// at its place in the order and its C functions beside it; docs/kernels.md goes through an example.
package protocol OperationKernel: RawRepresentable, CaseIterable, Hashable, Sendable
where RawValue == String, AllCases == [Self] {
    associatedtype Shape: OperationShape
    /// How the names of the operation's fixtures from PyTorch begin, in any case: `groupNorm` of `groupNormSiLU.output`.
    static var operation: String { get }
    /// Plain loops with sums in Double. Accepts every shape.
    static var reference: Self { get }
    /// The list, best first on this machine.
    static var order: [Self] { get }
    /// Whether this kernel can run `shape`.
    func accepts(_ shape: Shape) -> Bool
}

extension OperationKernel {
    package static var order: [Self] { allCases }
    package func accepts(_ shape: Shape) -> Bool { true }
}
