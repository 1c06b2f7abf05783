import CKernels
import Foundation
import Kernels
import Testing

/// The level kernels of every instruction set against the plain form, with memory around their outputs that must stay as it is.
@Suite struct LevelKernelTests {
    static let random = CounterRandom(seed: 12, stream: .rounding, round: 1, device: 2, item: 3)

    private static var sequence: gd_sequence {
        var source = gd_random(key: random.key, counter: (random.item, random.device, random.round))
        var sequence = gd_sequence()
        gd_prepare_sequence(&source, &sequence)
        return sequence
    }

    /// Sizes around a vector (8, 16), a chunk (64), a group of four chunks and the chunks that are drawn together (20).
    static let counts = [1, 7, 8, 15, 16, 17, 63, 64, 65, 127, 255, 256, 257, 320, 1279, 1280, 1281, 2600]

    private struct Case {
        let values: [Float]
        let geometry: GroupGeometry
        let scales: [GroupScale]
        let format: CodeFormat

        /// Normal numbers of the size of `magnitude`, `base` farther from zero.
        init(count: Int, groupSize: Int, format: CodeFormat, magnitude: Float, base: Float = 0) {
            var values = testValues(count, seed: UInt64(count), scale: magnitude)
            for index in values.indices where base > 0 && values[index] != 0 { values[index] += values[index] < 0 ? -base : base }
            if count > 4 { (values[0], values[4]) = (-0.0, -.leastNonzeroMagnitude) }
            self.init(values, groupSize: groupSize, format: format)
        }

        init(_ values: [Float], groupSize: Int, format: CodeFormat) {
            self.values = values
            geometry = GroupGeometry(count: values.count, groupSize: groupSize)
            scales = testScales(values, geometry: geometry, format: format)
            self.format = format
        }

        /// The packed codes by the plain form, and two guard bytes.
        var packed: [UInt8] {
            var packed = [UInt8](repeating: 0, count: format.packedBytes(values.count)) + [0xA5, 0xA5]
            quantizeAndPackReference(
                values, geometry: geometry, scales: scales, format: format, random: LevelKernelTests.random, into: &packed)
            return packed
        }

        /// Calls `body` with the scales as the kernels take them.
        func withCodes(_ body: (gd_level_codes) -> Void) {
            scales.map { gd_levels(offset: $0.offset, step: $0.step) }.withUnsafeBufferPointer {
                body(
                    gd_level_codes(
                        levels: $0.baseAddress, group_size: Int64(geometry.groupSize), shift: Int32(format.levelShift),
                        bits: Int32(format.bits)))
            }
        }

        func decoded(_ packed: [UInt8]) -> [Float] {
            values.indices.map { index in
                dequantizedReference(
                    unpackedCodeReference(packed, index, bits: format.bits), scale: scales[index / geometry.groupSize],
                    format: format)
            }
        }
    }

    @Test(arguments: counts)
    func allInstructionSetsEqualTheReference(count: Int) {
        var sequence = Self.sequence
        for (index, format) in allFormats.enumerated() {
            for groupSize in [0, 1, 24, 64, 100, 256] {
                // Ordinary numbers, steps too small to be inverted, and offsets of many steps.
                let kind = (index + groupSize) % 3
                let test = Case(
                    count: count, groupSize: groupSize, format: format, magnitude: kind == 0 ? 1e-36 : 0.05,
                    base: kind == 1 ? 20 : 0)
                let packed = test.packed
                let decoded = test.decoded(packed)
                let scale = FixedPointScale(exponent: 20)
                let fixed = gd_fixed_point(factor: scale.factor, weight: .max - 5)
                let sums = decoded.indices.map {
                    Int64($0) &+ Int64(UInt32.max - 5) &* scale.fixedReference(decoded[$0])
                }
                for set in InstructionSetTests.running {
                    let name = "\(InstructionSetTests.name(set)), \(count) in groups of \(groupSize), \(format)"
                    test.withCodes { codes in
                        // SAFETY: every buffer has room for all elements.
                        var written = [UInt8](repeating: 0xA5, count: packed.count)
                        set.codes.pointee.quantize(
                            test.values, gd_elements(first: 0, count: Int64(count)), &sequence, codes, &written)
                        #expect(written == packed, "\(name)")
                        var values = [Float](repeating: 7, count: count + 1)
                        set.codes.pointee.dequantize(packed, gd_elements(first: 0, count: Int64(count)), codes, &values)
                        expectSameBytes(values, decoded + [7], name)
                        var added = (0...count).map { Int64($0) }
                        set.codes.pointee.dequantize_add(packed, gd_elements(first: 0, count: Int64(count)), codes, fixed, &added)
                        #expect(added == sums + [Int64(count)], "\(name)")
                    }
                    var added = (0...count).map { Int64($0) }
                    set.codes.pointee.add_fixed(decoded, Int64(count), fixed, &added)
                    #expect(added == sums + [Int64(count)], "\(name)")
                }
            }
        }
    }

    @Test(arguments: counts)
    func everySetFindsTheSameRangesAndErrors(count: Int) {
        for (magnitude, base) in [(Float(0.05), Float(0)), (0.05, 20), (1e-36, 0), (0, 0)] {
            let tests = allFormats.map { Case(count: count, groupSize: 0, format: $0, magnitude: magnitude, base: base) }
            let values = tests[0].values
            let levels = tests.map { gd_levels(offset: $0.scales[0].offset, step: $0.scales[0].step) }
            let errors = tests.map { expectedSquaredErrorReference(values, scale: $0.scales[0], format: $0.format) }
            let shifts = tests.map { Int32($0.format.levelShift) }
            let reference = magnitudeStatisticsReference(values)
            for set in InstructionSetTests.running {
                let name = "\(InstructionSetTests.name(set)), \(count) values of \(magnitude) from \(base) on"
                var sums = [Double](repeating: 0, count: tests.count)
                withGuarded(values) { values in
                    let statistics = set.statistics.pointee.magnitude_statistics(values, Int64(count))
                    #expect(statistics.squares == reference.squares, "\(name)")
                    #expect(Float(bitPattern: statistics.largest) == reference.range.largest, "\(name)")
                    if statistics.largest > 0 {
                        #expect(Float(bitPattern: statistics.smallest_less_one + 1) == reference.range.smallest, "\(name)")
                    }
                    set.statistics.pointee.rounding_errors(
                        values.assumingMemoryBound(to: Float.self), Int64(count), Int64(count), levels, shifts,
                        Int32(tests.count),
                        &sums)
                }
                #expect(sums == errors, "\(name)")
            }
        }
    }

    /// A block in the middle takes the random bits, the scales and the bytes of its own elements, and touches no others.
    @Test func blocksOfATensorAreTheirOwn() {
        var sequence = Self.sequence
        for format in allFormats {
            let test = Case(count: 3000, groupSize: 100, format: format, magnitude: 0.05)
            let (packed, elements) = (test.packed, 1344..<2783)
            let bytes = (elements.lowerBound * format.bits / 8)..<((elements.upperBound * format.bits + 7) / 8)
            let decoded = test.decoded(packed)
            for set in InstructionSetTests.running {
                test.withCodes { codes in
                    var written = [UInt8](repeating: 0xA5, count: packed.count)
                    set.codes.pointee.quantize(
                        test.values, gd_elements(first: Int64(elements.lowerBound), count: Int64(elements.count)), &sequence,
                        codes, &written)
                    // The last byte's bits behind the last element are zero, not those of the next.
                    let whole = bytes.dropLast(elements.upperBound * format.bits % 8 == 0 ? 0 : 1)
                    #expect(written[whole] == packed[whole])
                    #expect(written.indices.allSatisfy { bytes.contains($0) || written[$0] == 0xA5 })
                    var values = [Float](repeating: 7, count: test.values.count)
                    set.codes.pointee.dequantize(
                        packed, gd_elements(first: Int64(elements.lowerBound), count: Int64(elements.count)), codes, &values)
                    #expect(values.indices.allSatisfy { values[$0] == (elements.contains($0) ? decoded[$0] : 7) })
                }
            }
        }
    }

    /// In these groups the errors of difference, inverse and start add up, and x of the largest magnitude is a 65536th above the highest
    /// code: it must not become the next.
    @Test(arguments: [(Float(0.5076367), Float(1.5358558)), (0.32805008, 1.3569455)])
    func noCodePassesTheLargest(smallest: Float, largest: Float) {
        let (format, count) = (CodeFormat(bits: 8, levelShift: 1), 1 << 18)
        let bits = (0..<count).map { roundingBitsReference(Self.random, $0) }
        #expect(
            bits.indices.contains { $0 % 2 == 0 && bits[$0] == 65535 } && bits.indices.contains { $0 % 2 == 1 && bits[$0] == 0 })
        var sequence = Self.sequence
        var values = (0..<count).map { $0 % 2 == 0 ? largest : -largest }
        values[0] = smallest
        let test = Case(values, groupSize: 0, format: format)
        for set in InstructionSetTests.running {
            var packed = [UInt8](repeating: 0, count: count)
            test.withCodes {
                set.codes.pointee.quantize(values, gd_elements(first: 0, count: Int64(count)), &sequence, $0, &packed)
            }
            let isLargest = packed.indices.dropFirst().allSatisfy { Int8(bitPattern: packed[$0]) == ($0 % 2 == 0 ? 127 : -127) }
            #expect(isLargest, "\(InstructionSetTests.name(set))")
        }
    }

    @Test(arguments: counts, 2...8)
    func allInstructionSetsPackAlike(count: Int, bits: Int) {
        let largest = (1 << (bits - 1)) - 1
        let codes = (0..<count).map { Int8(($0 * 7919 + 3) % (2 * largest + 1) - largest) }
        var packed = [UInt8](repeating: 0, count: (count * bits + 7) / 8)
        packCodesReference(codes, bits: bits, into: &packed)
        for set in InstructionSetTests.running {
            var written = [UInt8](repeating: 0xA5, count: packed.count + 2)
            set.codes.pointee.pack_codes(codes, Int64(count), Int32(bits), &written)
            #expect(written == packed + [0xA5, 0xA5], "\(InstructionSetTests.name(set))")
        }
    }

    /// Inputs end where a page starts that may not be read.
    @Test(arguments: counts)
    func nothingBehindTheElementsIsRead(count: Int) {
        var sequence = Self.sequence
        for format in allFormats {
            let test = Case(count: count, groupSize: 100, format: format, magnitude: 0.05)
            let packed = Array(test.packed.dropLast(2))
            let decoded = test.decoded(packed)
            let elements = gd_elements(first: 0, count: Int64(count))
            for set in InstructionSetTests.running {
                test.withCodes { codes in
                    var written = [UInt8](repeating: 0, count: packed.count)
                    withGuarded(test.values) {
                        set.codes.pointee.quantize($0.assumingMemoryBound(to: Float.self), elements, &sequence, codes, &written)
                    }
                    #expect(written == packed)
                    var values = [Float](repeating: 7, count: count)
                    withGuarded(packed) {
                        set.codes.pointee.dequantize($0.assumingMemoryBound(to: UInt8.self), elements, codes, &values)
                    }
                    #expect(values == decoded)
                    let fixed = gd_fixed_point(factor: 1, weight: 1)
                    var sums = [[Int64]](repeating: [Int64](repeating: 0, count: count), count: 2)
                    withGuarded(packed) {
                        set.codes.pointee.dequantize_add($0.assumingMemoryBound(to: UInt8.self), elements, codes, fixed, &sums[0])
                    }
                    withGuarded(decoded) { set.codes.pointee.add_fixed($0, Int64(count), fixed, &sums[1]) }
                    #expect(sums[0] == sums[1])
                }
            }
        }
    }
}

/// Calls `body` with a copy of `values` whose last byte is the last before a page without access.
private func withGuarded<Value>(_ values: [Value], _ body: (UnsafeRawPointer) -> Void) {
    let (bytes, page) = (values.count * MemoryLayout<Value>.stride, Int(getpagesize()))
    let length = (bytes + page - 1) / page * page
    // SAFETY: the mapping is `length` writable bytes and a page more; it is unmapped after its last use.
    let mapped = mmap(nil, length + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let mapped, mapped != MAP_FAILED else { fatalError("no memory") }
    defer { munmap(mapped, length + page) }
    mprotect(mapped + length, page, PROT_NONE)
    let start = mapped + length - bytes
    values.withUnsafeBytes { UnsafeMutableRawBufferPointer(start: start, count: bytes).copyMemory(from: $0) }
    body(start)
}
