import GreenDiffusion
import Kernels
import Report

/// The first line of a training command: what computes.
enum Banner {
    /// `GreenDiffusion 0.1.0   2 threads, AVX2+FMA   measured: 187 GFLOP/s sgemm, 24 GB/s memcpy`
    static func machine(threads: Int, vectorName: String, ceilings: MachineCeilings) -> String {
        let sgemm = "\(Quantity.flops(ceilings.matrixFLOPsPerSecond))/s sgemm"
        let memcpy = "\(Quantity.bytes(Int(ceilings.copyBytesPerSecond)))/s memcpy"
        let excess = threads > Processors.available ? " on \(Processors.available) processors (more do not help)" : ""
        return "GreenDiffusion \(greenDiffusionVersion)   \(threads) thread\(threads == 1 ? "" : "s")\(excess), \(vectorName)   "
            + "measured: \(sgemm), \(memcpy)"
    }
}
