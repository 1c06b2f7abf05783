import Kernels

/// A tensor's data on a lattice, found in a frame and checked: decoding it cannot fail.
struct LatticePart: Sendable {
    let lattice: Lattice
    let count: Int
    private let body: Body

    private enum Body: Sendable {
        /// Codes of `bits` bits from `start` on.
        case packed(bits: Int, start: Int)
        case rangeCoded(RangeCodedBody)
    }

    /// Reads and checks everything but the codes themselves.
    init(_ entry: UpdateFrameHeader.TensorEntry, reader: inout FrameReader) throws(FrameError) {
        let name = entry.name
        let step = Float(bitPattern: try reader.read("step of \(name)"))
        guard step > 0, step < MagnitudeStatistics.magnitudeLimit else { throw .invalidScale(tensor: name, group: 0, value: step) }
        (lattice, count) = (Lattice(step: step, dithered: entry.lattice?.rounding == .dithered), entry.count)
        switch entry.lattice?.storage {
        case .packed, .none:
            let bytes = WideCodes.bytes(count: count, bits: entry.bits)
            let start = try reader.skip(bytes, field: "codes of \(name)")
            let used = count * entry.bits % 8
            guard used == 0 || reader.bytes[start + bytes - 1] >> UInt8(used) == 0 else {
                throw .reservedNotZero(field: "unused bits after the codes of \(name)")
            }
            body = .packed(bits: entry.bits, start: start)
        case .rangeCoded:
            body = .rangeCoded(try RangeCodedBody(entry, reader: &reader))
        }
    }

    /// Checks the codes: every stream ends where it should, every escape is one, no code is too large.
    ///
    /// - Returns: a bound on the magnitudes.
    func verify(_ bytes: [UInt8], name: String, threads: Int) throws(FrameError) -> Float {
        var largest = [UInt32?](repeating: nil, count: LatticeLayout.chunks(count))
        bytes.withUnsafeBufferPointer { bytes in
            largest.withUnsafeMutableBufferPointer { largest in
                let (bytes, largest) = (bytes, largest)
                parallelFor(count: largest.count, threads: threads) { chunk in
                    var found: UInt32 = 0
                    let isWhole = forEachPiece(of: chunk, bytes.baseAddress!) { elements, codes in
                        for index in 0..<elements.count { found = max(found, codes[index].magnitude) }
                    }
                    largest[chunk] = isWhole ? found : nil
                }
            }
        }
        var overall: UInt32 = 0
        for (chunk, value) in largest.enumerated() {
            guard let value, value < Lattice.codeLimit else { throw .damagedCodes(tensor: name, chunk: chunk) }
            overall = max(overall, value)
        }
        let bound = (Float(overall) + 1) * lattice.step
        guard bound < MagnitudeStatistics.magnitudeLimit else { throw .invalidScale(tensor: name, group: 0, value: lattice.step) }
        return bound
    }

    /// Calls `body` with the values of 64 or more elements after another: their first index, count and values.
    func decode(
        _ bytes: UnsafePointer<UInt8>, random: CounterRandom, threads: Int,
        _ body: (_ first: Int, _ count: Int, _ values: UnsafeMutablePointer<Float>) -> Void
    ) {
        let sequence = RoundingSequence(random)
        parallelFor(count: LatticeLayout.chunks(count), threads: threads) { chunk in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: LatticeLayout.piece) { values in
                let values = values.baseAddress!
                _ = forEachPiece(of: chunk, bytes) { elements, codes in
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

    /// Calls `use` with the codes of one piece of a chunk after another, in a buffer of `LatticeLayout.piece`.
    ///
    /// - Returns: false where the codes are none that an encoder writes.
    private func forEachPiece(
        of chunk: Int, _ bytes: UnsafePointer<UInt8>,
        _ use: (_ elements: Range<Int>, _ codes: UnsafeMutablePointer<Int32>) -> Void
    ) -> Bool {
        let elements = LatticeLayout.elements(chunk, of: count)
        return withUnsafeTemporaryAllocation(of: Int32.self, capacity: LatticeLayout.piece) { codes in
            // SAFETY: a temporary allocation of a positive capacity has a base address; pieces lie inside the chunk.
            let codes = codes.baseAddress!
            switch body {
            case .packed(let bits, let start):
                for piece in LatticeLayout.pieces(of: elements) {
                    for index in piece { codes[index - piece.lowerBound] = WideCodes.code(bytes + start, index, bits: bits) }
                    use(piece, codes)
                }
                return true
            case .rangeCoded(let body): return body.forEachPiece(of: chunk, elements, bytes, codes, use)
            }
        }
    }
}

/// Where the parts of range-coded data lie in the frame.
private struct RangeCodedBody: Sendable {
    let decoder: SymbolDecoder
    let lowBits: Int
    /// Where each chunk's states start, and how many words follow them.
    let streams: [(start: Int, words: Int)]
    let lowParts: Int
    let escapes: Int
    /// Escapes before each chunk, and all of them.
    let escapesBefore: [Int]

    init(_ entry: UpdateFrameHeader.TensorEntry, reader: inout FrameReader) throws(FrameError) {
        let name = entry.name
        lowBits = entry.bits
        let frequencies = try Self.frequencies(name, &reader)
        decoder = SymbolDecoder(frequencies)
        let escapeCount = Int(try reader.read("escapes of \(name)", as: UInt32.self))
        guard escapeCount <= entry.count else {
            throw .invalidField(field: "escapes of \(name)", detail: "are \(escapeCount) of \(entry.count) elements")
        }
        var words: [(words: Int, escapes: Int)] = []
        for _ in 0..<LatticeLayout.chunks(entry.count) {
            words.append(
                (
                    Int(try reader.read("words of \(name)", as: UInt32.self)),
                    Int(try reader.read("escapes in a chunk of \(name)", as: UInt32.self))
                ))
        }
        guard words.reduce(0, { $0 + $1.escapes }) == escapeCount else {
            throw .invalidField(field: "escapes of \(name)", detail: "are \(escapeCount), the chunks have others")
        }
        var streams: [(start: Int, words: Int)] = []
        for chunk in words {
            let bytes = 4 * CodedSymbols.lanes + 2 * chunk.words
            streams.append((try reader.skip(bytes, field: "codes of \(name)"), chunk.words))
        }
        self.streams = streams
        escapesBefore = words.reduce(into: [0]) { $0.append($0.last! + $1.escapes) }
        let lowBytes = lowBits > 0 ? WideCodes.bytes(count: entry.count, bits: lowBits) : 0
        lowParts = try reader.skip(lowBytes, field: "low bits of \(name)")
        let used = entry.count * lowBits % 8
        guard used == 0 || reader.bytes[lowParts + lowBytes - 1] >> UInt8(used) == 0 else {
            throw .reservedNotZero(field: "unused bits after the low bits of \(name)")
        }
        escapes = try reader.skip(4 * escapeCount, field: "escapes of \(name)")
    }

    private static func frequencies(_ name: String, _ reader: inout FrameReader) throws(FrameError) -> SymbolFrequencies {
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

    /// As `LatticePart.forEachPiece`.
    func forEachPiece(
        of chunk: Int, _ elements: Range<Int>, _ bytes: UnsafePointer<UInt8>, _ codes: UnsafeMutablePointer<Int32>,
        _ use: (_ elements: Range<Int>, _ codes: UnsafeMutablePointer<Int32>) -> Void
    ) -> Bool {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: LatticeLayout.chunk) { symbols in
            let symbols = symbols.baseAddress!
            let (start, words) = streams[chunk]
            // SAFETY: `init` has checked that stream, low parts and escapes lie inside the frame.
            guard decoder.decode(UnsafeRawPointer(bytes + start), wordCount: words, count: elements.count, into: symbols) else {
                return false
            }
            var escape = escapesBefore[chunk]
            let end = escapesBefore[chunk + 1]
            for piece in LatticeLayout.pieces(of: elements) {
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
            for index in 0..<count where symbols[index] == LatticeLayout.escape { found = true }
            return !found
        }
        for index in 0..<count where symbols[index] == LatticeLayout.escape {
            guard escape < end else { return false }
            let part = UnsafeRawPointer(bytes + escapes + 4 * escape).loadUnaligned(as: Int32.self)
            guard part.magnitude > UInt32(LatticeLayout.largestSymbol), part.magnitude < Lattice.codeLimit else { return false }
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
