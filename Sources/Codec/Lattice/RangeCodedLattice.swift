import Kernels

/// A tensor's codes through the range coder.
struct RangeCodedLattice {
    /// What the codes of one chunk become.
    fileprivate struct Chunk {
        /// Two for each symbol, of elements with even and odd indices.
        var counts = [Int](repeating: 0, count: 512)
        var escapes: [Int32] = []
    }

    private let frequencies: SymbolFrequencies
    private let chunks: [Chunk]
    private let streams: [CodedSymbols]
    private let lowParts: [UInt8]

    /// - Parameters:
    ///   - values: `count` values, at least one (precondition).
    ///   - random: the tensor's sequence.
    init(
        _ values: UnsafePointer<Float>, count: Int, lattice: Lattice, random: RoundingSequence, lowBits: Int, threads: Int
    ) {
        let chunkCount = LatticeStorage.chunks(count)
        OutOfMemory.require(bytes: count + WideCodes.bytes(count: count, bits: lowBits))
        let symbols = UnsafeMutablePointer<UInt8>.allocate(capacity: count)
        defer { symbols.deallocate() }
        var lowParts = [UInt8](repeating: 0, count: WideCodes.bytes(count: count, bits: lowBits))
        let chunks = lowParts.withUnsafeMutableBufferPointer { lowParts in
            let lowParts = lowParts.baseAddress
            // SAFETY: chunks have elements, symbols and whole bytes of low parts of their own.
            return parallelMap(blocks: chunkCount, threads: threads) { index in
                var chunk = Chunk()
                withUnsafeTemporaryAllocation(of: Int32.self, capacity: LatticeStorage.piece) { codes in
                    guard let codes = codes.baseAddress else { return }
                    for piece in LatticeStorage.pieces(of: LatticeStorage.elements(index, of: count)) {
                        roundToLattice(values, piece, lattice: lattice, random: random, into: codes)
                        chunk.split(codes, count: piece.count, lowBits: lowBits, symbols: symbols + piece.lowerBound)
                        if lowBits > 0, let lowParts {
                            let place = lowParts + piece.lowerBound / 8 * lowBits
                            WideCodes.pack(codes, count: piece.count, bits: lowBits, into: place)
                        }
                    }
                }
                return chunk
            }
        }
        var counts = [Int](repeating: 0, count: 256)
        for chunk in chunks { for index in 0..<512 { counts[index / 2] += chunk.counts[index] } }
        guard let frequencies = SymbolFrequencies(counts: counts) else { preconditionFailure("no elements to code") }
        let encoder = SymbolEncoder(frequencies)
        streams = parallelMap(blocks: chunkCount, threads: threads) { index in
            let elements = LatticeStorage.elements(index, of: count)
            return encoder.encode(symbols + elements.lowerBound, count: elements.count)
        }
        (self.frequencies, self.chunks, self.lowParts) = (frequencies, chunks, lowParts)
    }

    /// What `write` appends.
    var bytes: Int {
        let table = frequencies.values[frequencies.range].reduce(0) { $0 + ($1 < 128 ? 1 : 2) }
        let streamBytes = streams.reduce(0) { $0 + 8 + 4 * $1.states.count + 2 * $1.words.count }
        return 2 + table + 4 + streamBytes + lowParts.count + 4 * chunks.reduce(0) { $0 + $1.escapes.count }
    }

    func write(to writer: inout ByteWriter) {
        let range = frequencies.range
        writer.append(UInt8(range.lowerBound))
        writer.append(UInt8(range.upperBound - range.lowerBound))
        for frequency in frequencies.values[range] {
            if frequency < 128 {
                writer.append(UInt8(frequency))
            } else {
                writer.append(UInt8(128 | frequency & 127))
                writer.append(UInt8(frequency >> 7))
            }
        }
        writer.append(UInt32(chunks.reduce(0) { $0 + $1.escapes.count }))
        for (chunk, stream) in zip(chunks, streams) {
            writer.append(UInt32(stream.words.count))
            writer.append(UInt32(chunk.escapes.count))
        }
        for stream in streams {
            for state in stream.states { writer.append(state) }
            stream.words.withUnsafeBytes { writer.bytes += $0 }
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
        for index in 0..<count { symbols[index] = LatticeStorage.symbol(codes[index] &>> shift) }
        // Two counts a symbol: equal neighbours need not wait for each other.
        counts.withUnsafeMutableBufferPointer { counts in
            for index in 0..<count { counts[Int(symbols[index]) &<< 1 | index & 1] &+= 1 }
        }
        for index in 0..<count where symbols[index] == LatticeStorage.escape { escapes.append(codes[index] &>> shift) }
    }
}
