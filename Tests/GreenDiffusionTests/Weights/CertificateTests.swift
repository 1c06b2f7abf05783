import Codec
import GreenDiffusion
import Kernels
import Testing

/// The certificate on trained weights: what the built-in model's tensors err by, over many seeds.
@Suite struct CertificateTests {
    private static let quantizers: [(quantizer: Quantizer, bits: Int)] = [
        (.levels(.paper, groupSize: 256), 6), (.levels(.zero), 4), (.lattice(.dithered), 5), (.lattice(.stochastic), 5),
    ]

    @Test(arguments: quantizers.indices)
    func theMeanErrorOfEveryTensorIsItsCertificate(index: Int) throws {
        let (quantizer, bits) = Self.quantizers[index]
        let checkpoint = try BuiltinModel.load("signs-small")
        let (weights, layout) = (checkpoint.parameters, checkpoint.configuration.parameterLayout)
        let table = try ErrorTable(weights, layout: layout, quantizer: quantizer, threads: 2)
        let seeds = 48
        var sums = [Double](repeating: 0, count: layout.entries.count)
        var squares = sums
        let decoded = Tensor(shape: [weights.count])
        for seed in 0..<seeds {
            let frame = try UpdateFrame.encode(
                weights, as: table.coding(bits: bits), binding: FrameBinding(), seed: UInt64(seed), threads: 2)
            try UpdateFrame(frame, threads: 2).decode(into: decoded, threads: 2)
            for (tensor, entry) in layout.entries.enumerated() {
                var error = 0.0
                for place in entry.offset..<(entry.offset + entry.count) {
                    let difference = Double(decoded[place]) - Double(weights[place])
                    error += difference * difference
                }
                sums[tensor] += error
                squares[tensor] += error * error
            }
        }
        var beyondThree: [String] = []
        for (tensor, line) in table.tensors.enumerated() {
            let name = layout.entries[tensor].name
            let mean = sums[tensor] / Double(seeds)
            let variance = max(0, squares[tensor] / Double(seeds) - mean * mean) / Double(seeds - 1)
            let certificate = line.expectedError(bits: bits)
            // Decoded values are rounded to float32: |sum 2 e d| <= 2 |e| |d|, d at most 2^-24 of each value.
            let rounding = 2 * (certificate * line.squaredNorm).squareRoot() * 0x1p-24
            let deviation = abs(mean - certificate) - rounding - 1e-9 * certificate
            // Of so many tensors some lie beyond three standard errors by chance; beyond five none does.
            #expect(deviation <= 5 * variance.squareRoot(), "\(name): \(mean), certificate \(certificate)")
            if deviation > 3 * variance.squareRoot() { beyondThree.append(name) }
        }
        #expect(beyondThree.count <= layout.entries.count / 60, "\(beyondThree)")
    }
}
