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
            let codes = Self.codes(values, count: count, lattice: lattice, random: sequence)
            (storage, bits) = (.packed, WideCodes.bits(for: codes, count: count))
            writer.bytes += WideCodes.pack(codes, count: count, bits: bits)
        } else {
            storage = .rangeCoded
            bits = Self.lowBits(size: (squaredNorm / Double(count)).squareRoot() / Double(lattice.step))
            RangeCodedLattice(values, count: count, lattice: lattice, random: sequence, lowBits: bits, threads: threads)
                .write(to: &writer)
        }
        data = writer.bytes
    }

    /// How many bytes `data` of the same arguments has.
    static func bytes(
        _ values: UnsafePointer<Float>, count: Int, squaredNorm: Double, lattice: Lattice, random: CounterRandom, threads: Int
    ) -> Int {
        let sequence = RoundingSequence(random)
        let coded: Int
        if count < LatticeStorage.fewestCoded {
            let codes = codes(values, count: count, lattice: lattice, random: sequence)
            coded = WideCodes.bytes(count: count, bits: WideCodes.bits(for: codes, count: count))
        } else {
            let bits = lowBits(size: (squaredNorm / Double(count)).squareRoot() / Double(lattice.step))
            coded =
                RangeCodedLattice(values, count: count, lattice: lattice, random: sequence, lowBits: bits, threads: threads).bytes
        }
        return MemoryLayout<Float>.size + coded
    }

    /// The codes of a small tensor, with room for whole chunks.
    private static func codes(
        _ values: UnsafePointer<Float>, count: Int, lattice: Lattice, random: RoundingSequence
    ) -> [Int32] {
        var codes = [Int32](repeating: 0, count: (count + 63) & ~63)
        if count > 0 { roundToLattice(values, 0..<count, lattice: lattice, random: random, into: &codes) }
        return codes
    }

    /// As many low bits as leave the high parts' root mean square between 8 and 16: close to uniform, so that coding them gains nothing.
    private static func lowBits(size: Double) -> Int {
        var bits = 0
        while size >= Double(16 << bits), bits < LatticeStorage.mostLowBits { bits += 1 }
        return bits
    }
}
