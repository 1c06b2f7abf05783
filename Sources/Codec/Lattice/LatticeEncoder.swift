import Kernels

/// A tensor's data on a lattice: how it is stored. docs/wire-format.md, codec 3.
enum LatticeStorage: UInt8, Sendable {
    /// Codes of a fixed width side by side.
    case packed = 1
    /// The codes' high parts through a range coder, their low bits as they are.
    case rangeCoded = 2
}

/// Constants of the range-coded storage.
enum LatticeLayout {
    /// Elements of a stream of their own, so that threads can decode side by side.
    static let chunk = 1 << 16
    /// The high part of a code is a symbol if it lies in -127...127; else the symbol is `escape` and the part is listed.
    static let largestSymbol: Int32 = 127
    static let escape: UInt8 = 0
    /// Most bits that are left as they are.
    static let mostLowBits = 16
    /// Smaller tensors are packed: they would not pay for the coder's tables.
    static let fewestCoded = 4096

    /// Elements that are coded or decoded at a time, so that they stay in the first-level cache: a multiple of 64.
    static let piece = 1 << 12

    static func pieces(of elements: Range<Int>) -> [Range<Int>] {
        stride(from: elements.lowerBound, to: elements.upperBound, by: piece).map { $0..<min($0 + piece, elements.upperBound) }
    }

    static func chunks(_ count: Int) -> Int { (count + chunk - 1) / chunk }
    static func elements(_ index: Int, of count: Int) -> Range<Int> { (index * chunk)..<min((index + 1) * chunk, count) }

    @inline(__always)
    static func symbol(_ part: Int32) -> UInt8 {
        let symbol = UInt8(truncatingIfNeeded: part &+ 128)
        return UInt32(bitPattern: part &+ largestSymbol) <= UInt32(2 * largestSymbol) ? symbol : escape
    }
}

/// One tensor rounded to a lattice and stored in the fewer bytes.
struct CodedLattice {
    let storage: LatticeStorage
    /// Width of packed codes, or low bits left as they are.
    let bits: Int
    let data: [UInt8]

    /// - Parameters:
    ///   - values: `count` values, magnitudes below `Lattice.codeLimit` steps.
    ///   - squaredNorm: of the values.
    ///   - random: the tensor's sequence.
    init(
        _ values: UnsafePointer<Float>, count: Int, squaredNorm: Double, lattice: Lattice, random: CounterRandom, threads: Int
    ) {
        let sequence = RoundingSequence(random)
        var writer = FrameWriter()
        writer.append(lattice.step)
        if count < LatticeLayout.fewestCoded {
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
        while size >= Double(16 << bits), bits < LatticeLayout.mostLowBits { bits += 1 }
        return bits
    }
}

/// A tensor's codes through the range coder.
private struct RangeCodedLattice {
    /// What the codes of one chunk become.
    fileprivate struct Chunk {
        /// Two for each symbol, of elements with even and odd indices.
        var counts = [Int](repeating: 0, count: 512)
        var escapes: [Int32] = []
        var stream = CodedSymbols(states: [], words: [])
    }

    private let frequencies: SymbolFrequencies
    private let chunks: [Chunk]
    private let lowParts: [UInt8]

    init(
        _ values: UnsafePointer<Float>, count: Int, lattice: Lattice, random: RoundingSequence, lowBits: Int, threads: Int
    ) {
        var chunks = [Chunk](repeating: Chunk(), count: LatticeLayout.chunks(count))
        let symbols = UnsafeMutablePointer<UInt8>.allocate(capacity: count)
        defer { symbols.deallocate() }
        var lowParts = [UInt8](repeating: 0, count: WideCodes.bytes(count: count, bits: lowBits))
        lowParts.withUnsafeMutableBufferPointer { lowParts in
            let lowParts = lowParts.baseAddress
            // SAFETY: chunks have elements, symbols and whole bytes of low parts of their own.
            Self.forEach(&chunks, threads: threads) { index, chunk in
                withUnsafeTemporaryAllocation(of: Int32.self, capacity: LatticeLayout.piece) { codes in
                    guard let codes = codes.baseAddress else { return }
                    for piece in LatticeLayout.pieces(of: LatticeLayout.elements(index, of: count)) {
                        roundToLattice(values, piece, lattice: lattice, random: random, into: codes)
                        chunk.split(codes, count: piece.count, lowBits: lowBits, symbols: symbols + piece.lowerBound)
                        if lowBits > 0, let lowParts {
                            let place = lowParts + piece.lowerBound / 8 * lowBits
                            WideCodes.pack(codes, count: piece.count, bits: lowBits, into: place)
                        }
                    }
                }
            }
        }
        var counts = [Int](repeating: 0, count: 256)
        for chunk in chunks { for index in 0..<512 { counts[index / 2] += chunk.counts[index] } }
        // A tensor that is coded has elements.
        let frequencies = SymbolFrequencies(counts: counts)!
        let encoder = SymbolEncoder(frequencies)
        Self.forEach(&chunks, threads: threads) { index, chunk in
            let elements = LatticeLayout.elements(index, of: count)
            chunk.stream = encoder.encode(symbols + elements.lowerBound, count: elements.count)
        }
        (self.frequencies, self.chunks, self.lowParts) = (frequencies, chunks, lowParts)
    }

    private static func forEach(_ chunks: inout [Chunk], threads: Int, _ body: (Int, inout Chunk) -> Void) {
        chunks.withUnsafeMutableBufferPointer { chunks in
            let chunks = chunks
            parallelFor(count: chunks.count, threads: threads) { body($0, &chunks[$0]) }
        }
    }

    func write(to writer: inout FrameWriter) {
        let present = frequencies.values.indices.filter { frequencies.values[$0] > 0 }
        // At least one symbol occurs.
        let (first, last) = (present.first!, present.last!)
        writer.append(UInt8(first))
        writer.append(UInt8(last - first))
        for frequency in frequencies.values[first...last] {
            if frequency < 128 {
                writer.append(UInt8(frequency))
            } else {
                writer.append(UInt8(128 | frequency & 127))
                writer.append(UInt8(frequency >> 7))
            }
        }
        writer.append(UInt32(chunks.reduce(0) { $0 + $1.escapes.count }))
        for chunk in chunks {
            writer.append(UInt32(chunk.stream.words.count))
            writer.append(UInt32(chunk.escapes.count))
        }
        for chunk in chunks {
            for state in chunk.stream.states { writer.append(state) }
            chunk.stream.words.withUnsafeBytes { writer.bytes += $0 }
        }
        writer.bytes += lowParts
        for chunk in chunks { for escape in chunk.escapes { writer.append(escape) } }
    }
}

extension RangeCodedLattice.Chunk {
    /// Splits codes into symbols of their high parts, and escapes.
    mutating func split(
        _ codes: UnsafePointer<Int32>, count: Int, lowBits: Int, symbols: UnsafeMutablePointer<UInt8>
    ) {
        let shift = Int32(lowBits)
        for index in 0..<count { symbols[index] = LatticeLayout.symbol(codes[index] &>> shift) }
        // Two counts a symbol: equal neighbours need not wait for each other.
        counts.withUnsafeMutableBufferPointer { counts in
            for index in 0..<count { counts[Int(symbols[index]) &<< 1 | index & 1] &+= 1 }
        }
        for index in 0..<count where symbols[index] == LatticeLayout.escape { escapes.append(codes[index] &>> shift) }
    }
}
