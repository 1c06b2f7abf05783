import Foundation
import Kernels

/// What this machine can do at this moment: the limits that rates are compared with. Measured in a fraction of a second.
public struct MachineCeilings: Sendable {
    /// Floating-point operations a second of a single-precision product of 512 x 512 matrices by this library's own linear layer ("sgemm" in
    /// the banner): what its kernels reach, not what the processor could.
    public let matrixFLOPsPerSecond: Double
    /// Bytes a second of a copy, read and written bytes counted.
    public let copyBytesPerSecond: Double

    /// Width and height of the matrices that are multiplied.
    private static let side = 512
    /// Floats that are copied.
    private static let copied = 8 << 20
    /// What `measure` takes: of the two arrays of the copy one is only read, and takes none.
    static let arrayBytes = (3 * side * side + copied) * MemoryLayout<Float>.stride

    /// The best of a few repetitions of each.
    package static func measure(threads: Int) -> MachineCeilings {
        let context = ComputeContext(threads: threads)
        let matrices = (0..<3).map { _ in Tensor(shape: [side, side]) }
        matrices[0].fill(0.5)
        matrices[1].fill(0.25)
        let product = shortestSeconds {
            context.linearForward(input: matrices[0], weight: matrices[1], bias: nil, into: matrices[2])
        }
        let (source, copy) = (Tensor(shape: [copied]), Tensor(shape: [copied]))
        let copying = shortestSeconds { copy.copy(from: source) }
        return MachineCeilings(
            matrixFLOPsPerSecond: 2 * Double(side * side * side) / product,
            copyBytesPerSecond: Double(2 * copied * MemoryLayout<Float>.stride) / copying)
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
