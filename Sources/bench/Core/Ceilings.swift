import CKernels
import COpenBLAS
import Kernels

/// What the machine can do at this moment on so many threads: the best of many short trials, so that some of them run undisturbed.
enum Ceilings {
    /// FLOP/s of fused multiply-adds in registers.
    static func fusedMultiplyAdd(threads: Int) -> Double {
        let rounds = 100_000
        let seconds = Stopwatch.shortest(of: 100) { _ = gd_f32_fma_peak(Int64(rounds), Int32(threads)) }
        return Double(threads * rounds * Int(gd_fma_peak_flops_per_round())) / seconds
    }

    /// FLOP/s of products of bfloat16 on the unit that runs them, their operands in the first-level cache.
    static func bfloat16Products(threads: Int) -> Double {
        let rounds = 1_000
        let seconds = Stopwatch.shortest(of: 50) { gd_bf16_peak(Int64(rounds), Int32(threads)) }
        return Double(threads * rounds * Int(gd_bf16_peak_flops_per_round())) / seconds
    }

    /// FLOP/s that work on activations of `precision` may reach: in bfloat16 kernels may multiply either way.
    static func arithmetic(_ precision: Precision, threads: Int) -> Double {
        let floats = fusedMultiplyAdd(threads: threads)
        return precision == .float32 ? floats : max(floats, bfloat16Products(threads: threads))
    }

    /// FLOP/s of OpenBLAS' own threaded single-precision product of 1024 x 1024 matrices.
    static func matrixProduct(threads: Int) -> Double {
        let side = 1024
        let matrices = (0..<3).map { _ in Tensor(shape: [side, side]) }
        matrices[0].fill(0.5)
        matrices[1].fill(0.25)
        openblas_set_num_threads(Int32(threads))
        let extent = blasint(side)
        let seconds = Stopwatch.shortest(of: 15) {
            cblas_sgemm(
                CblasRowMajor, CblasNoTrans, CblasNoTrans, extent, extent, extent, 1, matrices[0].base, extent, matrices[1].base,
                extent, 0, matrices[2].base, extent)
        }
        return 2 * Double(side * side * side) / seconds
    }

    /// Bytes/s of copies from 256 KB to 256 KB, both counted, again and again on each thread: what its second-level cache allows.
    static func cacheCopy(threads: Int) -> Double {
        let (count, rounds) = (1 << 16, 100)
        let source = Tensor(shape: [threads * count])
        let target = Tensor(shape: [threads * count])
        source.fill(1)
        let seconds = Stopwatch.shortest(of: 50) {
            parallelFor(count: threads, threads: threads) { thread in
                for _ in 0..<rounds {
                    // SAFETY: part `thread` of `count` floats lies inside both tensors.
                    (target.base + thread * count).update(from: source.base + thread * count, count: count)
                }
            }
        }
        return Double(2 * threads * rounds * count * MemoryLayout<Float>.stride) / seconds
    }

    /// Bytes/s of a copy that reads and writes about `bytes` together (1 MB to 128 MB), both counted: what fits into the caches is copied
    /// faster.
    static func copy(bytes: Int, threads: Int) -> Double {
        let blocks = 32
        let count = min(max(bytes, 1 << 20), 1 << 27) / (2 * blocks * MemoryLayout<Float>.stride)
        let source = Tensor(shape: [blocks * count])
        let target = Tensor(shape: [blocks * count])
        source.fill(1)
        let seconds = Stopwatch.shortest(of: 20) {
            parallelFor(count: blocks, threads: threads) { block in
                // SAFETY: block `block` of `count` floats lies inside both tensors.
                (target.base + block * count).update(from: source.base + block * count, count: count)
            }
        }
        return Double(2 * blocks * count * MemoryLayout<Float>.stride) / seconds
    }
}
