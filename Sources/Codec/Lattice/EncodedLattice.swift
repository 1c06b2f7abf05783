import Kernels

/// One tensor rounded to a lattice and stored in the fewer bytes.
struct EncodedLattice {
    let storage: LatticeStorage
    /// Width of packed codes, or low bits left as they are.
    let bits: Int
    /// What the frame holds of the tensor.
    let data: [UInt8]

    /// - Parameters:
    ///   - values: `count` values, magnitudes below `Lattice.codeLimit` steps.
    ///   - squaredNorm: of the values.
    ///   - random: the tensor's sequence.
    init(
        _ values: UnsafePointer<Float>, count: Int, squaredNorm: Double, lattice: Lattice, random: CounterRandom, threads: Int
    ) {
        let sequence = RoundingSequence(random)
        var writer = ByteWriter()
        writer.append(lattice.step)
        if count < LatticeStorage.fewestCoded {
            var codes = [Int32](repeating: 0, count: (count + 63) & ~63)
            if count > 0 { roundToLattice(values, 0..<count, lattice: lattice, random: sequence, into: &codes) }
            (storage, bits) = (.packed, WideCodes.bits(for: codes.prefix(count)))
            writer.bytes += WideCodes.pack(codes, count: count, bits: bits)
        } else {
            storage = .rangeCoded
            bits = Self.lowBits(size: (squaredNorm / Double(count)).squareRoot() / Double(lattice.step))
            RangeCodedLattice(values, count: count, lattice: lattice, random: sequence, lowBits: bits, threads: threads)
                .write(to: &writer)
        }
        data = writer.bytes
    }

    /// As many low bits as leave the high parts' root mean square between 8 and 16: close to uniform, so that coding them gains nothing.
    private static func lowBits(size: Double) -> Int {
        var bits = 0
        while size >= Double(16 << bits), bits < LatticeStorage.mostLowBits { bits += 1 }
        return bits
    }
}
