import Kernels

/// A tensor's data on a lattice, found in a frame and checked: decoding it cannot fail.
struct LatticePart: Sendable {
    let count: Int
    /// No value's magnitude is larger.
    let largestMagnitude: Float
    private let lattice: Lattice
    private let codes: Codes
    /// nil where values were rounded stochastically.
    private let dither: CounterRandom?

    fileprivate enum Codes: Sendable {
        /// Codes of `bits` bits from `start` on.
        case packed(bits: Int, start: Int)
        case rangeCoded(RangeCodedPart)
    }

    /// Reads and checks a tensor's data.
    ///
    /// - Parameters:
    ///   - bits: width of packed codes, or low bits left as they are.
    ///   - bytes: of the data.
    ///   - dither: the random numbers of the dither; nil where values were rounded stochastically.
    init(
        storage: LatticeStorage, bits: Int, count: Int, bytes: Int, dither: CounterRandom?, name: String,
        reader: inout ByteReader,
        threads: Int
    ) throws(FrameError) {
        let start = reader.position
        let step = Float(bitPattern: try reader.read("step of \(name)"))
        guard step > 0, step < MagnitudeStatistics.magnitudeLimit else {
            throw .invalidScale(tensor: name, group: 0, value: step)
        }
        lattice = Lattice(step: step, dithered: dither != nil)
        (self.count, self.dither) = (count, dither)
        codes =
            switch storage {
            // Without elements there is nothing beside the step, whatever the storage.
            case _ where count == 0, .packed:
                .packed(bits: bits, start: try reader.skipCodes(count, bits: bits, unit: "codes", of: name))
            case .rangeCoded: .rangeCoded(try RangeCodedPart(lowBits: bits, count: count, name: name, reader: &reader))
            }
        guard reader.position - start == bytes else {
            throw .invalidField(
                field: "data length of \(name)", detail: "is \(bytes), its parts take \(reader.position - start)")
        }
        largestMagnitude = try Self.verify(codes, lattice, count: count, reader.bytes, name: name, threads: threads)
    }

    /// Checks the codes: every stream ends where it should, every escape is one, no code is too large.
    ///
    /// - Returns: a bound on the magnitudes.
    private static func verify(
        _ codes: Codes, _ lattice: Lattice, count: Int, _ bytes: [UInt8], name: String, threads: Int
    ) throws(FrameError) -> Float {
        let largest: [UInt32?] = bytes.withUnsafeBufferPointer { bytes in
            guard let bytes = bytes.baseAddress else { return [] }
            return parallelMap(blocks: LatticeStorage.chunks(count), threads: threads) { chunk in
                var found: UInt32 = 0
                let isWhole = codes.forEachPiece(of: chunk, count: count, bytes) { elements, codes in
                    var largest: UInt32 = 0
                    for index in 0..<elements.count { largest = max(largest, codes[index].magnitude) }
                    found = max(found, largest)
                }
                return isWhole ? found : nil
            }
        }
        var overall: UInt32 = 0
        for (chunk, value) in largest.enumerated() {
            guard let value, value < Lattice.codeLimit else { throw .damagedCodes(tensor: name, chunk: chunk) }
            overall = max(overall, value)
        }
        let bound = (Float(overall) + 1) * lattice.step
        guard bound < MagnitudeStatistics.magnitudeLimit else {
            throw .invalidScale(tensor: name, group: 0, value: lattice.step)
        }
        return bound
    }

    /// Calls `body` with the values of 64 or more elements after another: their first index, count and values.
    func decode(
        _ bytes: UnsafePointer<UInt8>, threads: Int,
        _ body: (_ first: Int, _ count: Int, _ values: UnsafeMutablePointer<Float>) -> Void
    ) {
        // Without dither no bit of the sequence is used.
        let sequence = RoundingSequence(dither ?? CounterRandom(key: (0, 0), round: 0, device: 0, item: 0))
        parallelFor(count: LatticeStorage.chunks(count), threads: threads) { chunk in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: LatticeStorage.piece) { values in
                guard let values = values.baseAddress else { return }
                _ = codes.forEachPiece(of: chunk, count: count, bytes) { elements, codes in
                    for index in elements.count..<((elements.count + 63) & ~63) { codes[index] = 0 }
                    // SAFETY: `codes` and `values` have room for a piece, which is whole chunks of 64.
                    restoreFromLattice(
                        codes, first: elements.lowerBound, count: elements.count, lattice: lattice, random: sequence, into: values
                    )
                    body(elements.lowerBound, elements.count, values)
                }
            }
        }
    }
}

extension LatticePart.Codes {
    /// Calls `use` with the codes of one piece of a chunk after another, in a buffer of `LatticeStorage.piece`.
    ///
    /// - Returns: false where the codes are none that an encoder writes.
    fileprivate func forEachPiece(
        of chunk: Int, count: Int, _ bytes: UnsafePointer<UInt8>,
        _ use: (_ elements: Range<Int>, _ codes: UnsafeMutablePointer<Int32>) -> Void
    ) -> Bool {
        let elements = LatticeStorage.elements(chunk, of: count)
        return withUnsafeTemporaryAllocation(of: Int32.self, capacity: LatticeStorage.piece) { codes in
            guard let codes = codes.baseAddress else { return false }
            switch self {
            case .packed(let bits, let start):
                for piece in LatticeStorage.pieces(of: elements) {
                    // SAFETY: pieces lie inside the chunk, whose codes were checked to lie in the frame.
                    for index in piece { codes[index - piece.lowerBound] = WideCodes.code(bytes + start, index, bits: bits) }
                    use(piece, codes)
                }
                return true
            case .rangeCoded(let part): return part.forEachPiece(of: chunk, elements, bytes, codes, use)
            }
        }
    }
}
