import Foundation
import Kernels

/// What this machine can do at this moment: the limits that rates are compared with. Measured in a fraction of a second.
public struct MachineCeilings: Sendable {
    /// Floating-point operations a second of a single-precision product of 512 x 512 matrices by this library's own linear layer ("sgemm" in
    /// the banner): what its kernels reach, not what the processor could.
    public let matrixFLOPsPerSecond: Double
    /// Bytes a second of a copy, read and written bytes counted.
    public let copyBytesPerSecond: Double

    /// The best of a few repetitions of each, on the context's threads.
    package static func measure(_ context: ComputeContext) -> MachineCeilings {
        let side = 512
        let matrices = (0..<3).map { _ in Tensor(shape: [side, side]) }
        matrices[0].fill(0.5)
        matrices[1].fill(0.25)
        let product = shortestSeconds {
            context.linearForward(input: matrices[0], weight: matrices[1], bias: nil, into: matrices[2])
        }
        let count = 8 << 20
        let (source, copy) = (Tensor(shape: [count]), Tensor(shape: [count]))
        let copying = shortestSeconds { copy.copy(from: source) }
        return MachineCeilings(
            matrixFLOPsPerSecond: 2 * Double(side * side * side) / product,
            copyBytesPerSecond: Double(2 * count * MemoryLayout<Float>.stride) / copying)
    }

    private static func shortestSeconds(_ body: () -> Void) -> Double {
        body()
        return (0..<5).map { _ in
            let start = ProcessInfo.processInfo.systemUptime
            body()
            return ProcessInfo.processInfo.systemUptime - start
        }.min() ?? .infinity
    }
}
