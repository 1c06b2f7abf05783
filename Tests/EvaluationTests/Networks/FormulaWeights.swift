import ImageQuality
import Kernels

/// Numbers that a formula gives, here and in `tools/greendiff_tools/fixtures/features.py`: weights need not be committed.
enum FormulaWeights {
    /// Number `index` of those that `name` has, 0 to 1: the finaliser of MurmurHash3 over FNV-1a of the name.
    private static func uniform(_ seed: UInt32, _ index: Int) -> Double {
        var x = seed &+ UInt32(truncatingIfNeeded: index) &* 0x9E37_79B9
        x = (x ^ x >> 16) &* 0x85EB_CA6B
        x = (x ^ x >> 13) &* 0xC2B2_AE35
        return Double((x ^ x >> 16) >> 8) * 0x1p-24
    }

    static func tensor(_ name: String, _ shape: [Int]) -> Tensor {
        let seed = name.utf8.reduce(0x811C_9DC5 as UInt32) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
        let range: ClosedRange<Double>
        if name == "images" {
            range = 0...1
        } else if name.hasSuffix("running_var") {
            range = 0.5...1.5
        } else if shape.count == 1 {
            range = name.hasSuffix("weight") ? 0.7...1.3 : -0.2...0.2
        } else {
            let bound = (6 / Double(shape[1...].reduce(1, *))).squareRoot()
            range = -bound...bound
        }
        let tensor = Tensor(shape: shape)
        let length = range.upperBound - range.lowerBound
        parallelFor(count: shape[0], threads: 2) { row in
            let count = tensor.count / shape[0]
            for index in row * count..<(row + 1) * count {
                tensor[index] = Float(range.lowerBound + length * uniform(seed, index))
            }
        }
        return tensor
    }

    static var weights: NetworkWeights { NetworkWeights { tensor($0, $1) } }
}
