import CKernels
import Kernels

/// What the machine does at this moment, in about two milliseconds: lower than its limits where others have the processors or their
/// caches, of which the guest of a shared host sees nothing else.
final class SpeedProbe {
    private static let rounds = 600_000
    private static let copies = 150
    /// Floats that a thread copies: with their copies most of a second-level cache of 1 MB.
    private static let count = 96 << 10

    private let threads: Int
    private let source, target: Tensor

    init(threads: Int) {
        self.threads = threads
        (source, target) = (Tensor(shape: [threads * Self.count]), Tensor(shape: [threads * Self.count]))
    }

    /// FLOP/s of fused multiply-adds in registers.
    func arithmetic() -> Double {
        _ = gd_f32_fma_peak(Int64(Self.rounds / 10), Int32(threads))
        let seconds = Stopwatch.seconds { _ = gd_f32_fma_peak(Int64(Self.rounds), Int32(threads)) }
        return Double(threads * Self.rounds * Int(gd_fma_peak_flops_per_round())) / seconds
    }

    /// Bytes/s of copies that each thread makes in its caches, both directions counted.
    func cacheCopy() -> Double {
        copy(rounds: Self.copies / 10)
        let seconds = Stopwatch.seconds { copy(rounds: Self.copies) }
        return Double(2 * Self.copies * source.count * MemoryLayout<Float>.stride) / seconds
    }

    private func copy(rounds: Int) {
        parallelFor(count: threads, threads: threads) { [source, target] thread in
            for _ in 0..<rounds {
                // SAFETY: part `thread` of `count` floats lies inside both tensors.
                (target.base + thread * Self.count).update(from: source.base + thread * Self.count, count: Self.count)
            }
        }
    }
}
