import CKernels

/// How often each of 256 symbols occurs, in 4096ths: what a range coder's code lengths follow from.
package struct SymbolFrequencies: Sendable, Equatable {
    /// 256 frequencies that add up to `total`.
    package let values: [UInt32]
    package static let total = gd_rans_scale

    /// Frequencies close to the least code length for `counts` (256) of symbols; nil where no symbol occurs.
    package init?(counts: [Int]) {
        precondition(counts.count == 256, "one count for each symbol")
        var values = [UInt32](repeating: 0, count: 256)
        guard gd_rans_normalize(counts.map(Int64.init), &values) == GD_OK else { return nil }
        self.values = values
    }

    /// Frequencies from a frame; nil unless there are 256 that add up to `total`.
    package init?(values: [UInt32]) {
        guard values.count == 256, values.allSatisfy({ $0 <= Self.total }), values.reduce(0, +) == Self.total else { return nil }
        self.values = values
    }

    /// From the first to the last symbol that occurs: one does.
    package var range: ClosedRange<Int> {
        (values.firstIndex { $0 > 0 } ?? 0)...(values.lastIndex { $0 > 0 } ?? 0)
    }
}

/// One stream of symbols: interleaved range asymmetric numeral systems. [Duda 2013; Giesen 2014]
package struct CodedSymbols: Sendable, Equatable {
    /// Interleaved states.
    package static let lanes = gd_rans_lanes
    /// Where a decoder starts, one for each lane.
    package let states: [UInt32]
    package let words: [UInt16]

    package init(states: [UInt32], words: [UInt16]) { (self.states, self.words) = (states, words) }
}

/// Codes bytes with given frequencies.
package struct SymbolEncoder: Sendable {
    private let table: [gd_rans_symbol]

    package init(_ frequencies: SymbolFrequencies) {
        var table = [gd_rans_symbol](repeating: gd_rans_symbol(), count: 256)
        gd_rans_encoder_table(frequencies.values, &table)
        self.table = table
    }

    /// Every one of the `count` symbols must have a frequency.
    package func encode(_ symbols: UnsafePointer<UInt8>, count: Int) -> CodedSymbols {
        var states = [UInt32](repeating: 0, count: CodedSymbols.lanes)
        let room = count + CodedSymbols.lanes
        let words = [UInt16](unsafeUninitializedCapacity: room) { buffer, length in
            // SAFETY: a symbol takes at most one word, and no more than as many as there are lanes are written before the words.
            guard let begin = buffer.baseAddress,
                let first = gd_rans_encode(symbols, Int64(count), table, &states, begin + room)
            else { preconditionFailure("no room for words") }
            length = begin + room - first
            begin.update(from: first, count: length)
        }
        return CodedSymbols(states: states, words: words)
    }
}

/// Restores bytes that `SymbolEncoder` coded with the same frequencies.
package struct SymbolDecoder: Sendable {
    private let slots: [UInt32]

    package init(_ frequencies: SymbolFrequencies) {
        slots = [UInt32](unsafeUninitializedCapacity: SymbolFrequencies.total) { buffer, length in
            // SAFETY: the table is 4096 words and nothing else.
            buffer.baseAddress?.withMemoryRebound(to: gd_rans_slots.self, capacity: 1) {
                gd_rans_decoder_table(frequencies.values, $0)
            }
            length = SymbolFrequencies.total
        }
    }

    /// Restores `count` symbols.
    ///
    /// - Parameters:
    ///   - data: the states, then `wordCount` words, all little-endian and without alignment.
    /// - Returns: whether the stream is one that an encoder wrote; reads no byte outside it in any case.
    package func decode(_ data: UnsafeRawPointer, wordCount: Int, count: Int, into symbols: UnsafeMutablePointer<UInt8>) -> Bool {
        let states = (0..<CodedSymbols.lanes).map { data.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self) }
        let words = (data + 4 * CodedSymbols.lanes).assumingMemoryBound(to: UInt8.self)
        return slots.withUnsafeBufferPointer { slots in
            // SAFETY: the table is 4096 words and nothing else.
            slots.baseAddress?.withMemoryRebound(to: gd_rans_slots.self, capacity: 1) {
                gd_rans_decode(words, Int64(wordCount), states, $0, Int64(count), symbols) == GD_OK
            } ?? false
        }
    }
}
