import Foundation

/// The program's version, as `--version`, the banner and reports show it.
public let greenDiffusionVersion = "0.1.0"

/// The first lines of a training command: what computes, and what is computed.
public enum Banner {
    /// `GreenDiffusion 0.1.0   2 threads, AVX2+FMA   measured: 187 GFLOP/s sgemm, 24 GB/s memcpy`
    public static func machine(threads: Int, vectorName: String, ceilings: MachineCeilings) -> String {
        let sgemm = "\(Quantity.flops(ceilings.matrixFLOPsPerSecond))/s sgemm"
        let memcpy = "\(Quantity.bytes(Int(ceilings.copyBytesPerSecond)))/s memcpy"
        return "GreenDiffusion \(greenDiffusionVersion)   \(threads) thread\(threads == 1 ? "" : "s"), \(vectorName)   "
            + "measured: \(sgemm), \(memcpy)"
    }

    /// A line of the banner under its word, e.g. `data    synthetic signs, 10 devices`.
    public static func line(_ word: String, _ text: String) -> String {
        word.padding(toLength: 8, withPad: " ", startingAt: 0) + text
    }
}
