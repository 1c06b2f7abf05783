import Kernels

/// Where the parts of range-coded data lie in the frame.
struct RangeCodedPart: Sendable {
    private let decoder: SymbolDecoder
    private let lowBits: Int
    /// Where each chunk's states start, and how many words follow them.
    private let streams: [(start: Int, words: Int)]
    private let lowParts: Int
    private let escapes: Int
    /// Escapes before each chunk, and all of them.
    private let escapesBefore: [Int]

    /// Reads and checks everything but the codes themselves, of a tensor of `count` elements.
    init(lowBits: Int, count: Int, name: String, reader: inout ByteReader) throws(FrameError) {
        self.lowBits = lowBits
        decoder = SymbolDecoder(try Self.frequencies(name, &reader))
        let escapeCount = Int(try reader.read("escapes of \(name)", as: UInt32.self))
        guard escapeCount <= count else {
            throw .invalidField(field: "escapes of \(name)", detail: "are \(escapeCount) of \(count) elements")
        }
        var words: [Int] = []
        var (escapesBefore, escapesSoFar) = ([0], 0)
        for _ in 0..<LatticeStorage.chunks(count) {
            words.append(Int(try reader.read("words of \(name)", as: UInt32.self)))
            escapesSoFar += Int(try reader.read("escapes in a chunk of \(name)", as: UInt32.self))
            escapesBefore.append(escapesSoFar)
        }
        guard escapesSoFar == escapeCount else {
            throw .invalidField(field: "escapes of \(name)", detail: "are \(escapeCount), the chunks have others")
        }
        var streams: [(start: Int, words: Int)] = []
        for words in words {
            streams.append((try reader.skip(4 * CodedSymbols.lanes + 2 * words, field: "codes of \(name)"), words))
        }
        (self.streams, self.escapesBefore) = (streams, escapesBefore)
        lowParts = try reader.skipCodes(count, bits: lowBits, unit: "low bits", of: name)
        escapes = try reader.skip(4 * escapeCount, field: "escapes of \(name)")
    }

    private static func frequencies(_ name: String, _ reader: inout ByteReader) throws(FrameError) -> SymbolFrequencies {
        let first = Int(try reader.read("first symbol of \(name)", as: UInt8.self))
        let last = first + Int(try reader.read("symbols of \(name)", as: UInt8.self))
        guard last < 256 else { throw .invalidField(field: "symbols of \(name)", detail: "reach to \(last), beyond 255") }
        var values = [UInt32](repeating: 0, count: 256)
        for symbol in first...last {
            let low: UInt8 = try reader.read("frequencies of \(name)")
            let high: UInt8 = low < 128 ? 0 : try reader.read("frequencies of \(name)")
            values[symbol] = UInt32(low & 127) | UInt32(high) << 7
        }
        guard let frequencies = SymbolFrequencies(values: values) else {
            throw .invalidField(
                field: "frequencies of \(name)",
                detail: "add up to \(values.reduce(0, { $0 &+ $1 })), not \(SymbolFrequencies.total)")
        }
        return frequencies
    }

    /// Calls `use` with the codes of one piece of a chunk after another, in `codes`, which has room for `LatticeStorage.piece`.
    ///
    /// - Returns: false where the codes are none that an encoder writes.
    func forEachPiece(
        of chunk: Int, _ elements: Range<Int>, _ bytes: UnsafePointer<UInt8>, _ codes: UnsafeMutablePointer<Int32>,
        _ use: (_ elements: Range<Int>, _ codes: UnsafeMutablePointer<Int32>) -> Void
    ) -> Bool {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: LatticeStorage.chunk) { symbols in
            guard let symbols = symbols.baseAddress else { return false }
            let (start, words) = streams[chunk]
            // SAFETY: `init` has checked that stream, low parts and escapes lie inside the frame.
            guard decoder.decode(UnsafeRawPointer(bytes + start), wordCount: words, count: elements.count, into: symbols) else {
                return false
            }
            var escape = escapesBefore[chunk]
            let end = escapesBefore[chunk + 1]
            for piece in LatticeStorage.pieces(of: elements) {
                let symbols = symbols + (piece.lowerBound - elements.lowerBound)
                for index in 0..<piece.count { codes[index] = Int32(symbols[index]) &- 128 }
                guard restoreEscapes(bytes, symbols, count: piece.count, &escape, end, codes), addLowParts(bytes, piece, codes)
                else { return false }
                use(piece, codes)
            }
            return escape == end
        }
    }

    /// Replaces the codes of escapes by the parts listed from `escape` on; false unless they are there and need an escape.
    private func restoreEscapes(
        _ bytes: UnsafePointer<UInt8>, _ symbols: UnsafePointer<UInt8>, count: Int, _ escape: inout Int, _ end: Int,
        _ codes: UnsafeMutablePointer<Int32>
    ) -> Bool {
        guard escape < end else {
            var found = false
            for index in 0..<count where symbols[index] == LatticeStorage.escape { found = true }
            return !found
        }
        for index in 0..<count where symbols[index] == LatticeStorage.escape {
            guard escape < end else { return false }
            let part = UnsafeRawPointer(bytes + escapes + 4 * escape).loadUnaligned(as: Int32.self)
            guard part.magnitude > UInt32(LatticeStorage.largestSymbol), part.magnitude < Lattice.codeLimit else { return false }
            codes[index] = part
            escape += 1
        }
        return true
    }

    /// Completes high parts by the low bits of `elements`; false where a code gets too large.
    private func addLowParts(
        _ bytes: UnsafePointer<UInt8>, _ elements: Range<Int>, _ codes: UnsafeMutablePointer<Int32>
    ) -> Bool {
        guard lowBits > 0 else { return true }
        let low = bytes + lowParts + elements.lowerBound / 8 * lowBits
        // High parts lie below 2^23 and low ones below 2^16: 64 bits hold every code, and the limit is checked on whole codes.
        var largest: UInt64 = 0
        for index in 0..<elements.count {
            let part = Int64(bitPattern: WideCodes.unsigned(low, index, bits: lowBits))
            let code = Int64(codes[index]) &<< Int64(lowBits) | part
            largest = max(largest, code.magnitude)
            codes[index] = Int32(truncatingIfNeeded: code)
        }
        return largest < UInt64(Lattice.codeLimit)
    }
}
