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
        guard step > 0, step < MagnitudeSurvey.magnitudeLimit else { throw .invalidScale(tensor: name, scope: 0, value: step) }
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
        var largest = [Int32?](repeating: nil, count: LatticeLayout.chunks(count))
        bytes.withUnsafeBufferPointer { bytes in
            largest.withUnsafeMutableBufferPointer { largest in
                let (bytes, largest) = (bytes, largest)
                parallelFor(count: largest.count, threads: threads) { chunk in
                    largest[chunk] = withCodes(bytes.baseAddress!, chunk: chunk) { codes, count in
                        var largest: Int32 = 0
                        for index in 0..<count { largest = max(largest, abs(codes[index])) }
                        return largest
                    }
                }
            }
        }
        var overall: Int32 = 0
        for (chunk, value) in largest.enumerated() {
            guard let value, value < Lattice.codeLimit else { throw .damagedCodes(tensor: name, chunk: chunk) }
            overall = max(overall, value)
        }
        let bound = (Float(overall) + 1) * lattice.step
        guard bound < MagnitudeSurvey.magnitudeLimit else { throw .invalidScale(tensor: name, scope: 0, value: lattice.step) }
        return bound
    }

    /// Calls `body` with the values of 64 or more elements after another: their first index, count and values.
    func decode(
        _ bytes: UnsafePointer<UInt8>, random: CounterRandom, threads: Int,
        _ body: (_ first: Int, _ count: Int, _ values: UnsafeMutablePointer<Float>) -> Void
    ) {
        let sequence = RoundingSequence(random)
        parallelFor(count: LatticeLayout.chunks(count), threads: threads) { chunk in
            let first = LatticeLayout.elements(chunk, of: count).lowerBound
            withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.piece) { values in
                _ = withCodes(bytes, chunk: chunk) { codes, count in
                    for start in stride(from: 0, to: count, by: Self.piece) {
                        let length = min(Self.piece, count - start)
                        // SAFETY: `codes` and `values` have room for whole chunks of 64.
                        restoreFromLattice(
                            codes + start, first: first + start, count: length, lattice: lattice, random: sequence,
                            into: values.baseAddress!)
                        body(first + start, length, values.baseAddress!)
                    }
                    return 0
                }
            }
        }
    }

    /// Values that are restored at a time: they stay in the first-level cache.
    private static let piece = 1 << 12

    /// Calls `use` with the codes of a chunk, in a buffer of `LatticeLayout.chunk`; nil where they are none that an encoder writes.
    private func withCodes(
        _ bytes: UnsafePointer<UInt8>, chunk: Int, _ use: (_ codes: UnsafeMutablePointer<Int32>, _ count: Int) -> Int32
    ) -> Int32? {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: LatticeLayout.chunk) { buffer in
            let elements = LatticeLayout.elements(chunk, of: count)
            // SAFETY: a temporary allocation of a positive capacity has a base address.
            let codes = buffer.baseAddress!
            switch body {
            case .packed(let bits, let start):
                for index in elements { codes[index - elements.lowerBound] = WideCodes.code(bytes + start, index, bits: bits) }
            case .rangeCoded(let body):
                guard body.restore(bytes, chunk: chunk, elements: elements, into: codes) else { return nil }
            }
            for index in elements.count..<((elements.count + 63) & ~63) { codes[index] = 0 }
            return use(codes, elements.count)
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

    /// The codes of a chunk; false where stream or escapes are none that an encoder writes.
    func restore(
        _ bytes: UnsafePointer<UInt8>, chunk: Int, elements: Range<Int>, into codes: UnsafeMutablePointer<Int32>
    ) -> Bool {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: LatticeLayout.chunk) { buffer in
            let symbols = buffer.baseAddress!
            let (start, words) = streams[chunk]
            // SAFETY: `init` has checked that stream, low parts and escapes lie inside the frame.
            guard decoder.decode(UnsafeRawPointer(bytes + start), wordCount: words, count: elements.count, into: symbols) else {
                return false
            }
            for index in 0..<elements.count { codes[index] = Int32(symbols[index]) - 128 }
            guard restoreEscapes(bytes, symbols, count: elements.count, chunk: chunk, into: codes) else { return false }
            guard lowBits > 0 else { return true }
            for index in elements {
                let part = codes[index - elements.lowerBound]
                guard part.magnitude < UInt32(Lattice.codeLimit) >> UInt32(lowBits) else { return false }
                codes[index - elements.lowerBound] =
                    part << Int32(lowBits) | Int32(WideCodes.unsigned(bytes + lowParts, index, bits: lowBits))
            }
            return true
        }
    }

    /// Replaces the codes of escapes by their parts; false unless they are the chunk's and need an escape.
    private func restoreEscapes(
        _ bytes: UnsafePointer<UInt8>, _ symbols: UnsafePointer<UInt8>, count: Int, chunk: Int,
        into codes: UnsafeMutablePointer<Int32>
    ) -> Bool {
        var found = 0
        for index in 0..<count where symbols[index] == LatticeLayout.escape { found += 1 }
        guard found == escapesBefore[chunk + 1] - escapesBefore[chunk] else { return false }
        var escape = escapesBefore[chunk]
        guard found > 0 else { return true }
        for index in 0..<count where symbols[index] == LatticeLayout.escape {
            let part = UnsafeRawPointer(bytes + escapes + 4 * escape).loadUnaligned(as: Int32.self)
            guard part.magnitude > UInt32(LatticeLayout.largestSymbol), part.magnitude < Lattice.codeLimit else { return false }
            codes[index] = part
            escape += 1
        }
        return true
    }
}
