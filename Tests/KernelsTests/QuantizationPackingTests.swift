import Kernels
import Testing

@Suite struct QuantizationPackingTests {
    private func codes(_ count: Int, bits: Int) -> [Int8] {
        var generator = CounterRandom(seed: UInt64(bits), stream: .sampling).generator()
        let largest = (1 << (bits - 1)) - 1
        return (0..<count).map { _ in Int8(generator.nextIndex(below: 2 * largest + 1) - largest) }
    }

    @Test(arguments: quantizationSizes, 2...8)
    func packingEqualsTheReferenceAndComesBack(count: Int, bits: Int) {
        let codes = codes(count, bits: bits)
        let byteCount = (count * bits + 7) / 8
        var reference = [UInt8](repeating: 0xFF, count: byteCount)
        packCodesReference(codes, bits: bits, into: &reference)
        for threads in 1...2 {
            var packed = [UInt8](repeating: 0xA5, count: byteCount + 3)
            packCodes(codes, count: count, bits: bits, into: &packed, threads: threads)
            #expect(packed == reference + [0xA5, 0xA5, 0xA5])
            var unpacked = [Int8](repeating: 99, count: count + 3)
            unpackCodes(reference, count: count, bits: bits, into: &unpacked, threads: threads)
            #expect(unpacked == codes + [99, 99, 99])
        }
        #expect((0..<count).allSatisfy { unpackedCodeReference(reference, $0, bits: bits) == Int(codes[$0]) })
    }

    @Test(arguments: 2...8)
    func theReservedCodeIsFoundWhereverItIs(bits: Int) {
        let format = CodeFormat(bits: bits, levelShift: 0)
        for count in [1, 9, 64, 200, 20_000] {
            let clean = codes(count, bits: bits)
            var packed = [UInt8](repeating: 0, count: format.packedBytes(count))
            packCodes(clean, count: count, bits: bits, into: &packed, threads: 1)
            #expect(firstReservedCode(packed, count: count, format: format, threads: 2) == nil)
            for place in Set([0, count / 2, count - 1]) {
                var damaged = clean
                damaged[place] = Int8(format.reservedCode)
                packCodesReference(damaged, bits: bits, into: &packed)
                #expect(firstReservedCode(packed, count: count, format: format, threads: 2) == place)
            }
        }
    }

    /// Bytes worked out by hand: docs/wire-format.md shows the same example.
    @Test func byteOrderIsLeastSignificantBitFirst() {
        var packed = [UInt8](repeating: 0, count: 3)
        packCodes([1, -1, 2, -2, 3], count: 5, bits: 3, into: &packed, threads: 1)
        #expect(packed == [0b1011_1001, 0b0011_1100, 0])
        packed = Array(packed.prefix(2))
        #expect(unpackedCodeReference(packed, 3, bits: 3) == -2)
    }
}
