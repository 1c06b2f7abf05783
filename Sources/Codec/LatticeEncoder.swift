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

    static func chunks(_ count: Int) -> Int { (count + chunk - 1) / chunk }
    static func elements(_ index: Int, of count: Int) -> Range<Int> { (index * chunk)..<min((index + 1) * chunk, count) }

    static func symbol(_ part: Int32) -> UInt8 {
        abs(part) <= largestSymbol ? UInt8(truncatingIfNeeded: part + 128) : escape
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
    ///   - random: the tensor's sequence.
    init(_ values: UnsafePointer<Float>, count: Int, lattice: Lattice, random: CounterRandom, threads: Int) {
        let chunks = LatticeLayout.chunks(count)
        let sequence = RoundingSequence(random)
        var codes = [Int32](repeating: 0, count: chunks * LatticeLayout.chunk)
        codes.withUnsafeMutableBufferPointer { buffer in
            guard let codes = buffer.baseAddress else { return }
            // SAFETY: chunks are multiples of 64 elements and lie inside `codes`.
            parallelFor(count: chunks, threads: threads) { chunk in
                let elements = LatticeLayout.elements(chunk, of: count)
                roundToLattice(values, elements, lattice: lattice, random: sequence, into: codes + elements.lowerBound)
            }
        }
        var writer = FrameWriter()
        writer.append(lattice.step)
        if count < LatticeLayout.fewestCoded {
            (storage, bits) = (.packed, WideCodes.bits(for: codes.prefix(count)))
            writer.bytes += WideCodes.pack(codes.prefix(count), bits: bits)
        } else {
            (storage, bits) = (.rangeCoded, Self.lowBits(codes, count: count))
            RangeCodedLattice(codes, count: count, lowBits: bits, threads: threads).write(to: &writer)
        }
        data = writer.bytes
    }

    /// As many low bits as leave the high parts' root mean square between 8 and 16: close to uniform, so that coding them gains nothing.
    private static func lowBits(_ codes: [Int32], count: Int) -> Int {
        let squares = codes.prefix(count).reduce(0.0) { $0 + Double($1) * Double($1) }
        let size = (squares / Double(count)).squareRoot()
        var bits = 0
        while size >= Double(16 << bits), bits < LatticeLayout.mostLowBits { bits += 1 }
        return bits
    }
}

/// A tensor's codes through the range coder.
private struct RangeCodedLattice {
    private let frequencies: SymbolFrequencies
    private let streams: [CodedSymbols]
    private let escapes: [Int32]
    private let escapesInChunks: [Int]
    private let lowParts: [UInt8]

    init(_ codes: [Int32], count: Int, lowBits: Int, threads: Int) {
        var symbols = [UInt8](repeating: 0, count: count)
        var counts = [Int](repeating: 0, count: 256)
        var escapes: [Int32] = []
        var escapesInChunks = [Int](repeating: 0, count: LatticeLayout.chunks(count))
        for index in 0..<count {
            let part = codes[index] >> Int32(lowBits)
            let symbol = LatticeLayout.symbol(part)
            symbols[index] = symbol
            counts[Int(symbol)] += 1
            guard symbol == LatticeLayout.escape else { continue }
            escapes.append(part)
            escapesInChunks[index / LatticeLayout.chunk] += 1
        }
        // A tensor that is coded has elements.
        let frequencies = SymbolFrequencies(counts: counts)!
        let encoder = SymbolEncoder(frequencies)
        var streams = [CodedSymbols](
            repeating: CodedSymbols(states: [], words: []), count: LatticeLayout.chunks(count))
        symbols.withUnsafeBufferPointer { symbols in
            streams.withUnsafeMutableBufferPointer { streams in
                let (symbols, streams) = (symbols, streams)
                parallelFor(count: streams.count, threads: threads) { chunk in
                    let elements = LatticeLayout.elements(chunk, of: count)
                    streams[chunk] = encoder.encode(symbols.baseAddress! + elements.lowerBound, count: elements.count)
                }
            }
        }
        let mask = Int32(1 << lowBits) - 1
        lowParts = lowBits > 0 ? WideCodes.pack(codes.prefix(count).lazy.map { $0 & mask }, bits: lowBits) : []
        (self.frequencies, self.streams) = (frequencies, streams)
        (self.escapes, self.escapesInChunks) = (escapes, escapesInChunks)
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
        writer.append(UInt32(escapes.count))
        for (stream, escapes) in zip(streams, escapesInChunks) {
            writer.append(UInt32(stream.words.count))
            writer.append(UInt32(escapes))
        }
        for stream in streams {
            for state in stream.states { writer.append(state) }
            stream.words.withUnsafeBytes { writer.bytes += $0 }
        }
        writer.bytes += lowParts
        for escape in escapes { writer.append(escape) }
    }
}
