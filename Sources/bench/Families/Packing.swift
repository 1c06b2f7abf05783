import Kernels

extension BenchmarkFamily {
    /// `pack/b6/n37M`: codes, a byte each, to packed bits.
    static let packing = BenchmarkFamily(
        cases: [6, 7, 8].map { "pack/b\($0)/n37M" },
        make: { problem, context in
            guard problem.parts.count == 3, problem.parts[0] == "pack", let bits = problem.numbers(1, "b")?[0],
                (2...8).contains(bits), let count = problem.numbers(2, "n")?[0], count > 0
            else { return nil }
            let run = PackRun(count: count, bits: bits, threads: context.threads)
            let small = PackRun(count: min(count, 10_007), bits: bits, threads: context.threads)
            return Benchmark(
                work: .bytes(count + run.packedBytes), verify: { () throws(VerificationError) in try small.verify() },
                run: { run.pack() })
        })
}

private final class PackRun {
    private let codes: [Int8]
    private let bits: Int
    private let threads: Int
    private var packed: [UInt8]

    init(count: Int, bits: Int, threads: Int) {
        let largest = (1 << (bits - 1)) - 1
        codes = (0..<count).map { Int8(($0 &* 0x9E37 >> 3) % (2 * largest + 1) - largest) }
        packed = [UInt8](repeating: 0, count: CodeFormat(bits: bits, levelShift: 0).packedBytes(count))
        (self.bits, self.threads) = (bits, threads)
    }

    var packedBytes: Int { packed.count }

    func pack() {
        // SAFETY: `packed` holds the packed bytes of all codes.
        codes.withUnsafeBufferPointer { codes in
            packed.withUnsafeMutableBufferPointer { packed in
                guard let source = codes.baseAddress, let target = packed.baseAddress else { return }
                packCodes(source, count: codes.count, bits: bits, into: target, threads: threads)
            }
        }
    }

    func verify() throws(VerificationError) {
        pack()
        var reference = [UInt8](repeating: 0, count: packed.count)
        packCodesReference(codes, bits: bits, into: &reference)
        let different = zip(packed, reference).count { $0 != $1 }
        try VerificationError.check("packed bytes that differ", Double(different), atMost: 0)
    }
}
