import CKernels
import Kernels
import Testing

/// Lattice kernels of every instruction set against the plain form, and the range coder against its own inverse.
@Suite struct LatticeKernelTests {
    static let random = CounterRandom(seed: 11, stream: .dither, round: 2, device: 3, item: 4)

    @Test(arguments: quantizationSizes.filter { $0 < 2000 }, [true, false])
    func codesAndValuesEqualTheReference(count: Int, dithered: Bool) {
        let values = testValues(count, seed: 8)
        let sequence = RoundingSequence(Self.random)
        for step: Float in [0.3, 0.011, 3e-4, 1e-6] {
            let lattice = Lattice(step: step, dithered: dithered)
            var codes = [Int32](repeating: .min, count: (count + 63) & ~63)
            roundToLattice(values, 0..<count, lattice: lattice, random: sequence, into: &codes)
            let bits = (0..<count).map { roundingBitsReference(Self.random, $0) }
            #expect(
                codes.prefix(count).elementsEqual(zip(values, bits).map { latticeCodeReference($0, lattice: lattice, bits: $1) }))
            var restored = [Float](repeating: .nan, count: codes.count)
            for index in count..<codes.count { codes[index] = 0 }
            restoreFromLattice(codes, first: 0, count: count, lattice: lattice, random: sequence, into: &restored)
            let expected = zip(codes, bits).map { latticeValueReference($0, lattice: lattice, bits: $1) }
            #expect(restored.prefix(count).elementsEqual(expected))
            let reach = dithered ? 0.5 * step : step
            #expect(zip(values, restored).allSatisfy { abs($0 - $1) <= reach * 1.000_01 + $0.magnitude * 3e-7 })
        }
    }

    /// Elements from a later chunk on take the bits of their own places.
    @Test func partsOfATensorTakeTheirOwnBits() {
        let values = testValues(1000)
        let (sequence, lattice) = (RoundingSequence(Self.random), Lattice(step: 0.01, dithered: true))
        var whole = [Int32](repeating: 0, count: 1024)
        roundToLattice(values, 0..<1000, lattice: lattice, random: sequence, into: &whole)
        var part = [Int32](repeating: 0, count: 448)
        roundToLattice(values, 576..<1000, lattice: lattice, random: sequence, into: &part)
        #expect(part.prefix(424).elementsEqual(whole[576..<1000]))
    }

    /// Every set writes the same bytes: lattice codes, values and error sums.
    @Test func allInstructionSetsGiveTheSameBytes() {
        let values = testValues(1024, seed: 4)
        var source = gd_random(key: (1, 2), counter: (3, 4, 5))
        var sequence = gd_sequence()
        gd_prepare_sequence(&source, &sequence)
        var results: [[UInt8]] = []
        for set in InstructionSetTests.running {
            var bytes: [UInt8] = []
            withUnsafePointer(to: &sequence) { sequence in
                var bits = gd_random_bits(sequence: sequence, chunk: 7)
                for dither: Int32 in [0, 1] {
                    let lattice = gd_step_lattice(step: 0.004, dither: dither)
                    var codes = [Int32](repeating: 0, count: 1024)
                    var restored = [Float](repeating: 0, count: 1024)
                    set.codes.pointee.round_to_lattice(values, 16, &bits, lattice, &codes)
                    set.codes.pointee.restore_from_lattice(codes, 16, &bits, lattice, &restored)
                    codes.withUnsafeBytes { bytes += $0 }
                    restored.withUnsafeBytes { bytes += $0 }
                }
                var sums = [Double](repeating: 1, count: 3)
                set.statistics.pointee.lattice_errors(values, 1001, [0.004, 1e-38, 3], 3, &sums)
                sums.withUnsafeBytes { bytes += $0 }
            }
            results.append(bytes)
        }
        for result in results { #expect(result == results[0]) }
    }

    @Test(arguments: [1, 63, 64, 65, 2047, 2049, 40_000])
    func expectedErrorsAreThoseOfExactArithmetic(count: Int) {
        let values = testValues(count, seed: 9)
        let steps: [Float] = [0.004, 0.03, 2]
        let errors = latticeSquaredErrors(values, count: count, steps: steps, threads: 2)
        #expect(errors == latticeSquaredErrors(values, count: count, steps: steps, threads: 1))
        for (step, error) in zip(steps, errors) {
            let exact = values.reduce(0.0) { sum, value in
                let position = Double(value) / Double(step)
                let fraction = position - position.rounded(.down)
                return sum + fraction * (1 - fraction) * Double(step) * Double(step)
            }
            #expect(abs(error - exact) <= 2e-6 * exact, "\(step)")
        }
    }

    @Test(arguments: [1, 8, 15, 16, 17, 1023, 1024, 1025, 40_000])
    func codesAreCounted(count: Int) {
        let values = testValues(count, seed: 10)
        for largest in [0, 3, 200] {
            var plain = [Int](repeating: 0, count: 2 * largest + 1)
            for value in values {
                let code = Int((value / 0.004).rounded(.toNearestOrEven))
                plain[max(-largest, min(largest, code)) + largest] += 1
            }
            for threads in 1...2 {
                #expect(codeHistogram(values, count: count, step: 0.004, largest: largest, threads: threads) == plain)
            }
            for set in InstructionSetTests.running {
                var counts = [UInt32](repeating: 0, count: 2 * plain.count + 1)
                set.statistics.pointee.count_codes(values, Int64(count), 0.004, Int32(largest), &counts)
                #expect(plain.indices.allSatisfy { Int(counts[2 * $0] + counts[2 * $0 + 1]) == plain[$0] } && counts.last == 0)
            }
        }
    }

    private static func counts(_ symbols: [UInt8]) -> [Int] {
        symbols.reduce(into: [Int](repeating: 0, count: 256)) { $0[Int($1)] += 1 }
    }

    private static func data(_ coded: CodedSymbols) -> [UInt8] {
        coded.states.flatMap { state in withUnsafeBytes(of: state) { Array($0) } } + coded.words.withUnsafeBytes { Array($0) }
    }

    @Test(arguments: [1, 2, 15, 16, 17, 31, 32, 33, 1000, 65_536])
    func streamsComeBackAndNearlyReachTheEntropy(count: Int) throws {
        var generator = CounterRandom(seed: 6, stream: .initialization, item: UInt32(count)).generator()
        for spread in [0.0, 0.2, 1, 9, 40] {
            let symbols = (0..<count).map { _ in UInt8(clamping: Int(128 + (spread * generator.nextNormal()).rounded())) }
            let counts = Self.counts(symbols)
            let frequencies = try #require(SymbolFrequencies(counts: counts))
            #expect(frequencies.values.reduce(0, +) == 4096)
            #expect(zip(counts, frequencies.values).allSatisfy { ($0 > 0) == ($1 > 0) })
            let coded = SymbolEncoder(frequencies).encode(symbols, count: count)
            let data = Self.data(coded)
            var restored = [UInt8](repeating: 0, count: count)
            let whole = SymbolDecoder(frequencies).decode(data, wordCount: coded.words.count, count: count, into: &restored)
            #expect(whole && restored == symbols)
            guard count == 65_536 else { continue }
            let entropy = counts.filter { $0 > 0 }.reduce(0.0) { $0 - Double($1) * binaryLogarithm(Double($1) / Double(count)) }
            #expect(Double(16 * coded.words.count) <= entropy * 1.004 + 600, "spread \(spread)")
        }
    }

    /// Every set writes the words and leaves the states of exact integer arithmetic, and nothing before or behind.
    @Test(arguments: [
        [4096], [4095, 1], [1, 95, 3000, 1000], [UInt32](repeating: 16, count: 256), [2048, 1, 1, 1023, 511, 512],
    ])
    func allInstructionSetsEncodeExactly(frequencies: [UInt32]) throws {
        var generator = CounterRandom(seed: 10, stream: .initialization).generator()
        var all = [UInt32](repeating: 0, count: 256)
        for (symbol, frequency) in frequencies.enumerated() { all[symbol] = frequency }
        let starts = all.indices.map { all[..<$0].reduce(0, +) }
        var table = [gd_rans_symbol](repeating: gd_rans_symbol(), count: 256)
        gd_rans_encoder_table(all, &table)
        let symbols = (0..<16_000).map { _ in UInt8(generator.nextIndex(below: frequencies.count)) }
        let begin = (0..<16).map { $0 < 8 ? UInt32(1 << 16) : UInt32.max - UInt32($0) }

        var (exact, words) = (begin, [UInt16]())
        for (index, symbol) in symbols.enumerated().reversed() {
            let frequency = UInt64(all[Int(symbol)])
            var state = UInt64(exact[index % 16])
            if state >= frequency << 20 {
                words.append(UInt16(truncatingIfNeeded: state))
                state >>= 16
            }
            exact[index % 16] = UInt32((state / frequency) << 12 + state % frequency + UInt64(starts[Int(symbol)]))
        }
        for set in InstructionSetTests.running {
            var states = begin
            var buffer = [UInt16](repeating: 0xA5A5, count: 16_032)
            let first = buffer.withUnsafeMutableBufferPointer { buffer in
                set.rans.pointee.encode_groups(symbols, 16_000, table, &states, buffer.baseAddress! + 16_024)! - buffer
                    .baseAddress!
            }
            #expect(states == exact && buffer[first..<16_024] == ArraySlice(words.reversed()))
            #expect((buffer[..<max(0, first - 16)] + buffer[16_024...]).allSatisfy { $0 == 0xA5A5 })
        }
    }

    /// Every set restores the same symbols, stops at the same place and leaves the same states, whatever the words are.
    @Test(arguments: [0, 15, 16, 31, 32, 33, 500, 4096])
    func allInstructionSetsDecodeAlike(wordCount: Int) throws {
        var generator = CounterRandom(seed: 9, stream: .initialization, item: UInt32(wordCount)).generator()
        let words = (0..<2 * wordCount).map { _ in UInt8(generator.nextIndex(below: 256)) }
        var frequencies = [UInt32](repeating: 0, count: 256)
        (frequencies[3], frequencies[120], frequencies[128], frequencies[255]) = (1, 95, 3000, 1000)
        var slots = gd_rans_slots()
        gd_rans_decoder_table(frequencies, &slots)
        let start = (0..<16).map { _ in UInt32(1 << 16) + UInt32(generator.nextIndex(below: 1 << 31)) }
        var results: [[UInt8]] = []
        for set in InstructionSetTests.running {
            var states = start
            var symbols = [UInt8](repeating: 7, count: 10_000)
            var used = 0
            let restored = words.withUnsafeBufferPointer { words in
                var next: UnsafePointer<UInt8>? = words.baseAddress
                let end = words.baseAddress.map { $0 + words.count }
                let restored = set.rans.pointee.decode_groups(&next, end, &states, &slots, 9_999, &symbols)
                if let next, let base = words.baseAddress { used = next - base }
                return restored
            }
            #expect(restored % 16 == 0 && restored <= 9_999 && (wordCount < 16) == (restored == 0))
            #expect(symbols[Int(restored)...].allSatisfy { $0 == 7 } && used <= 2 * wordCount)
            results.append(symbols + states.flatMap { state in withUnsafeBytes(of: state) { Array($0) } } + [UInt8(used & 255)])
        }
        #expect(results.allSatisfy { $0 == results[0] })
    }

    @Test func damagedStreamsAreRefused() throws {
        let symbols = (0..<1000).map { UInt8(100 + $0 % 37) }
        let frequencies = try #require(SymbolFrequencies(counts: Self.counts(symbols)))
        let coded = SymbolEncoder(frequencies).encode(symbols, count: symbols.count)
        let data = Self.data(coded)
        let decoder = SymbolDecoder(frequencies)
        var restored = [UInt8](repeating: 0, count: symbols.count)
        for words in [coded.words.count - 1, coded.words.count - 40, 0] {
            #expect(!decoder.decode(data, wordCount: words, count: symbols.count, into: &restored))
        }
        #expect(!decoder.decode(data + [0, 0], wordCount: coded.words.count + 1, count: symbols.count, into: &restored))
        #expect(!decoder.decode(data, wordCount: coded.words.count, count: symbols.count - 1, into: &restored))
        for byte in stride(from: 0, to: data.count, by: 7) {
            var damaged = data
            damaged[byte] ^= 0x10
            let accepted = decoder.decode(damaged, wordCount: coded.words.count, count: symbols.count, into: &restored)
            #expect(!accepted || restored != symbols)
        }
    }

    @Test func frequenciesOfAFrameMustAddUp() {
        #expect(SymbolFrequencies(values: [UInt32](repeating: 16, count: 256)) != nil)
        #expect(SymbolFrequencies(values: [UInt32](repeating: 16, count: 255) + [15]) == nil)
        #expect(SymbolFrequencies(values: [.max, 4097] + [UInt32](repeating: 0, count: 254)) == nil)
        #expect(SymbolFrequencies(counts: [Int](repeating: 0, count: 256)) == nil)
    }

    @Test(arguments: 1...24)
    func wideCodesComeBack(bits: Int) {
        let (low, high) = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1)
        let codes = (0..<37).map { Int32([low, high, 0, -1, low / 3, high / 5][$0 % 6]) }
        let bytes = WideCodes.pack(codes, count: 37, bits: bits)
        #expect(bytes.count == WideCodes.bytes(count: 37, bits: bits))
        // What follows must not show.
        let packed = bytes + [UInt8](repeating: 0xFF, count: 8)
        #expect((0..<37).map { WideCodes.code(packed, $0, bits: bits) } == codes)
        #expect(WideCodes.bits(for: codes, count: codes.count) == bits)
        let mask = (UInt64(1) << UInt64(bits)) - 1
        #expect(
            (0..<37).map { WideCodes.unsigned(packed, $0, bits: bits) } == codes.map { UInt64(UInt32(bitPattern: $0)) & mask })
    }
}
