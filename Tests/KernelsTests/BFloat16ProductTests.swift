import CKernels
import Foundation
import Kernels
import TestSupport
import Testing

/// The products of every unit for bfloat16: against Double, and an instruction against what stands in for it elsewhere.
@Suite struct BFloat16ProductTests {
    static var units: [gd_bf16_unit] {
        (Int32(0)...).lazy.map { gd_bf16_unit_at($0) }.prefix { $0 != nil }.compactMap { $0?.pointee }.filter { $0.runs() != 0 }
    }

    static func name(_ unit: gd_bf16_unit) -> String { String(cString: unit.name) }

    /// Rows below, at and above every block of registers and tiles; several pieces; odd and even numbers of panels.
    static let extents: [(rows: Int, pieces: Int, depth: Int, panels: Int)] =
        (1...37).map { ($0, 1, 32, 3) } + [1, 2, 3, 9].map { (33, $0, 64, $0) } + [(48, 1, 320, 2), (70, 4, 32, 1)]

    /// The left factor with rows and pieces that are further apart than they need, the right one in packed panels.
    private struct Factors {
        let left, right: [UInt16]
        let places: [Int64]
        let stride: Int
        let extents: (rows: Int, pieces: Int, depth: Int, panels: Int)

        init(_ e: (rows: Int, pieces: Int, depth: Int, panels: Int), value: (Int) -> Float) {
            (extents, stride) = (e, e.depth + 32)
            places = (0..<e.pieces).map { [stride] in Int64(3 * $0 * stride) }
            left = (0..<(e.rows + 3 * e.pieces) * stride).map { gd_bf16_nearest(value($0)) }
            right = (0..<e.pieces * e.depth * 16 * e.panels).map { gd_bf16_nearest(value($0 + 1_000_000)) }
        }

        func left(_ row: Int, _ k: Int) -> Float {
            gd_bf16_value(left[Int(places[k / extents.depth]) + row * stride + k % extents.depth])
        }

        func right(_ k: Int, _ column: Int) -> Float {
            let panel = extents.pieces * extents.depth * 16
            return gd_bf16_value(right[column / 16 * panel + k / 2 * 32 + column % 16 * 2 + k % 2])
        }

        func product(_ unit: gd_bf16_unit, addingTo initial: [Float]?) -> [Float] {
            let columns = 16 * extents.panels
            var sums = initial ?? [Float](repeating: .nan, count: extents.rows * columns)
            left.withUnsafeBufferPointer { a in
                right.withUnsafeBufferPointer { b in
                    places.withUnsafeBufferPointer { places in
                        sums.withUnsafeMutableBufferPointer { c in
                            unit.multiply(
                                gd_extents(
                                    rows: Int64(extents.rows), depth: Int64(extents.depth), panels: Int64(extents.panels)),
                                gd_bf16_left(
                                    values: a.baseAddress, places: places.baseAddress, pieces: Int64(extents.pieces),
                                    row_stride: Int64(stride)),
                                gd_bf16_right(
                                    values: b.baseAddress, pair_stride: 32,
                                    panel_stride: Int64(extents.pieces * extents.depth * 16)),
                                gd_product(values: c.baseAddress, row_stride: Int64(columns), panel_stride: 16),
                                initial == nil ? 0 : 1)
                        }
                    }
                }
            }
            return sums
        }
    }

    @Test func productsMatchDouble() {
        print("units for bfloat16 that ran: \(Self.units.map(Self.name).joined(separator: ", "))")
        for e in Self.extents {
            let numbers = normalTensor([4096], seed: 5)
            let factors = Factors(e) { numbers[$0 * 7 % 4096] }
            let columns = 16 * e.panels
            for initial in [nil, normalTensor([e.rows * columns], seed: 6).values] {
                let expected = (0..<e.rows * columns).map { place in
                    Float(
                        (0..<e.pieces * e.depth).reduce(Double(initial?[place] ?? 0)) {
                            $0 + Double(factors.left(place / columns, $1)) * Double(factors.right($1, place % columns))
                        })
                }
                for unit in Self.units {
                    expectClose(factors.product(unit, addingTo: initial), expected, tolerance: 2e-6, "\(Self.name(unit)) \(e)")
                }
            }
        }
    }

    /// Hostile numbers: zeros of both signs, denormals, the largest, infinities, NaN. The units differ in how they round at most.
    private static let hostile: [Float] = [
        0, -0, 1, -1, .leastNonzeroMagnitude * 0x1p16, -0x1p-130, 0x1p-126, 0x1p-64, -0x1p-70, 3.38e38, -3.38e38, 0x1p100,
    ]

    /// What an instruction gives and what stands in for it are the same bits; where the CPU has no such instruction there is nothing to
    /// compare, and the line that `productsMatchDouble` prints says so.
    @Test(arguments: [("AMX", "AMX, emulated"), ("AVX-512 BF16", "multiply-adds of floats")])
    func anInstructionEqualsWhatStandsInForIt(_ instruction: String, _ other: String) throws {
        guard let real = Self.units.first(where: { Self.name($0) == instruction }) else { return }
        let stand = try #require(Self.units.first { Self.name($0) == other })
        for e in Self.extents {
            for hostile in [false, true] {
                let numbers = normalTensor([4096], seed: 8)
                let factors = Factors(e) { hostile ? Self.hostile[$0 * 5 % Self.hostile.count] : numbers[$0 * 3 % 4096] }
                let (a, b) = (factors.product(real, addingTo: nil), factors.product(stand, addingTo: nil))
                let different = zip(a, b).count { $0.bitPattern != $1.bitPattern && !($0.isNaN && $1.isNaN) }
                #expect(different == 0, "\(instruction) \(e) hostile \(hostile)")
            }
        }
    }

    /// Infinity and NaN arrive where they belong and nowhere else.
    @Test func whatIsNotFiniteStaysInItsPlace() {
        for unit in Self.units {
            for (value, isExpected) in [(Float.nan, \Float.isNaN), (.infinity, \.isInfinite)] {
                let (rows, columns) = (19, 32)
                // Element 5 of row 3; rows are 64 elements apart.
                let factors = Factors((rows, 1, 32, 2)) { $0 == 3 * 64 + 5 ? value : 1 }
                let result = factors.product(unit, addingTo: nil)
                for (place, sum) in result.enumerated() {
                    #expect((place / columns == 3) == sum[keyPath: isExpected], "\(Self.name(unit)) row \(place / columns)")
                }
            }
        }
    }

    @Test func roundingIsToTheNearestEven() {
        let cases: [(Float, Float)] = [
            (1, 1), (1 + 0x1p-8, 1), (1 + 0x1p-8 + 0x1p-20, 1 + 0x1p-7), (1 + 0x1p-7 + 0x1p-8, 1 + 0x1p-6), (-1 - 0x1p-8, -1),
            (.greatestFiniteMagnitude, .infinity), (0x1p-140, 0x1p-133 * 0), (.infinity, .infinity), (-0, -0),
        ]
        for (value, expected) in cases {
            #expect(gd_bf16_value(gd_bf16_nearest(value)).bitPattern == expected.bitPattern, "\(value)")
        }
        #expect(gd_bf16_value(gd_bf16_nearest(.nan)).isNaN)
        #expect(gd_bf16_value(gd_bf16_nearest(Float(bitPattern: 0x7f80_0001))).isNaN, "NaN whose upper bits are infinity's")
        let tensor = Tensor(copying: Tensor(shape: [cases.count], values: cases.map(\.0)), as: .bfloat16)
        #expect(tensor.values.map(\.bitPattern) == cases.map { $0.1.bitPattern })
    }

    @Test func anUnknownUnitIsRefused() {
        let before = BFloat16Unit.selected
        #expect(gd_bf16_unit_select("x87") == GD_UNSUPPORTED)
        #expect(BFloat16Unit.selected == before)
    }
}
