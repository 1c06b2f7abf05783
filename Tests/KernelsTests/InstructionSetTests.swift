import CKernels
import Foundation
import Kernels
import TestSupport
import Testing

/// The products of every instruction set that this CPU runs, against Double and against each other.
@Suite(.serialized) struct InstructionSetTests {
    /// The sets that this CPU runs, best first.
    static var running: [gd_simd] {
        (Int32(0)...).lazy.map { gd_simd_at($0) }.prefix { $0 != nil }.compactMap { $0 }
            .filter { gd_simd_runs($0) != 0 }.map(\.pointee)
    }

    static func name(_ set: gd_simd) -> String { String(cString: set.name) }

    /// Rows below, at and above every register block; depths around blocks of 16; odd and even numbers of panels.
    static let extents: [gd_extents] =
        (1...29).map { gd_extents(rows: $0, depth: 17, panels: 3) }
        + [1, 15, 16, 33, 128].map { gd_extents(rows: 13, depth: $0, panels: 2) }
        + [gd_extents(rows: 48, depth: 64, panels: 1)]

    /// A product with packed panels: the left factor and the product lie blocked by 16, or plain with padded rows.
    private static func product(
        _ set: gd_simd, _ e: gd_extents, blocked: Bool, columns: Bool, initial: Tensor?
    ) -> (result: [Float], left: (Int, Int) -> Float, right: (Int, Int) -> Float) {
        let (rows, depth, width) = (Int(e.rows), Int(e.depth), 16 * Int(e.panels))
        let across = (columns ? rows : depth) + 15 & ~15
        let down = columns ? depth : rows
        let stride = blocked ? 16 : across + 3
        let block = blocked ? 16 * down + 16 : 16
        let a = normalTensor([(down + 1) * (across + 16)], seed: 1)
        let b = normalTensor([(depth + 1) * width], seed: 2)
        let c = unwritten([(rows + 1) * (width + 16)])
        let right = gd_right(values: b.base, depth_stride: 16, panel_stride: Int64(16 * depth + 16))
        let (rowStride, panelStride) = blocked ? (16, 16 * rows + 16) : (width + 3, 16)
        let place = { (r: Int, column: Int) in column / 16 * panelStride + r * rowStride + column % 16 }
        if let initial { for r in 0..<rows { for i in 0..<width { c[place(r, i)] = initial[r * width + i] } } }
        let product = gd_product(values: c.base, row_stride: Int64(rowStride), panel_stride: Int64(panelStride))
        if columns {
            let left = gd_left_columns(values: a.base, depth_stride: Int64(stride), block_stride: Int64(block))
            set.product.pointee.multiply_columns(e, left, right, product, initial == nil ? 0 : 1)
        } else {
            let left = gd_left(values: a.base, row_stride: Int64(stride), block_stride: Int64(block))
            set.product.pointee.multiply(e, left, right, product, initial == nil ? 0 : 1)
        }
        let element = { (line: Int, i: Int) in a[line * stride + i / 16 * block + i % 16] }
        return (
            (0..<rows).flatMap { r in (0..<width).map { c[place(r, $0)] } },
            { columns ? element($1, $0) : element($0, $1) },
            { k, i in b[i / 16 * (16 * depth + 16) + k * 16 + i % 16] }
        )
    }

    @Test(arguments: [false, true], [false, true])
    func productsMatchDoubleAndEachOther(blocked: Bool, columns: Bool) throws {
        for e in Self.extents {
            let (rows, width) = (Int(e.rows), 16 * Int(e.panels))
            for initial in [nil, normalTensor([rows * width], seed: 3)] {
                var first: [Float]?
                for set in Self.running {
                    let (result, left, right) = Self.product(set, e, blocked: blocked, columns: columns, initial: initial)
                    let expected = (0..<rows * width).map { place in
                        (0..<Int(e.depth)).reduce(Double(initial?[place] ?? 0)) {
                            $0 + Double(left(place / width, $1)) * Double(right($1, place % width))
                        }
                    }
                    expectClose(result, expected.map { Float($0) }, tolerance: 1e-6, "\(Self.name(set)) \(e)")
                    expectSameBytes(result, first ?? result, "\(Self.name(set)) \(e)")
                    first = first ?? result
                }
            }
        }
    }

    /// Selects each set in turn for a convolution of every kernel; nothing else selects while tests run side by side, and what
    /// they compute does not depend on it.
    @Test func convolutionsGiveTheSameBytesOnAll() {
        defer { gd_simd_select(nil) }
        for geometry in [
            Conv2DGeometry(batch: 2, height: 9, width: 13, inputChannels: 48, outputChannels: 32, kernel: 3),
            Conv2DGeometry(batch: 1, height: 5, width: 3, inputChannels: 16, outputChannels: 48, kernel: 3, upsample: 2),
            Conv2DGeometry(batch: 1, height: 5, width: 9, inputChannels: 20, outputChannels: 24, kernelHeight: 1, kernelWidth: 7),
        ] {
            for kernel in Conv2DKernel.allCases where kernel.accepts(geometry) {
                var first: ConvolutionResults?
                for set in Self.running {
                    #expect(gd_simd_select(set.name) == GD_OK)
                    let results = ConvolutionResults(geometry, kernel: kernel, threads: 2)
                    for (result, expected) in zip(results.all, (first ?? results).all) {
                        expectSameBytes(
                            result.values, expected.values, "\(kernel.rawValue), \(Self.name(set)): \(result.name)")
                    }
                    first = first ?? results
                }
            }
        }
    }

    /// What the operating system says of the CPU, without the code that selects.
    private static func cpuFlags() throws -> Set<Substring> {
        let text = try String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
        let lines = text.split(separator: "\n").filter { $0.hasPrefix("flags") || $0.hasPrefix("Features") }
        return Set(lines.first?.split(separator: " ") ?? [])
    }

    @Test func theBestInstructionSetOfTheCPURuns() throws {
        let flags = try Self.cpuFlags()
        var wanted = ["AVX2"]
        if flags.contains("asimd") { wanted = ["NEON"] }
        if flags.isSuperset(of: ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"]) { wanted.insert("AVX-512", at: 0) }
        let names = Self.running.map(Self.name)
        #expect(gd_simd_select(nil) == GD_OK)
        #expect(gd_simd_selected().map { Self.name($0.pointee) } == wanted.first)
        print("instruction sets that ran: \(names.joined(separator: ", "))")
        #expect(names == wanted)
    }

    @Test func anUnknownInstructionSetIsRefused() {
        let before = gd_simd_selected()
        #expect(gd_simd_select("x87") == GD_UNSUPPORTED)
        #expect(gd_simd_selected() == before)
    }
}
