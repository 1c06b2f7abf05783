import CKernels
import Kernels
import TestSupport
import Testing

/// Operations that keep the channels of images apart: against plain loops, and with the same bytes for any threads and instruction set.
@Suite(.serialized) struct ChannelwiseTests {
    /// Channels below, at and above the blocks (16); windows in, at and across the borders; both strides; asymmetric padding.
    static let windows: [WindowGeometry] =
        [1, 15, 16, 17, 35].flatMap { channels in
            [(3, 1), (5, 1), (3, 2), (5, 2)].map { kernel, stride in
                WindowGeometry(
                    batch: 2, height: 7, width: 6, channels: channels, kernel: kernel, stride: stride, padding: .init(kernel / 2))
            }
        } + [
            WindowGeometry(batch: 2, height: 8, width: 8, channels: 20, kernel: 3, stride: 2, padding: .asymmetric),
            WindowGeometry(
                batch: 1, height: 14, width: 14, channels: 32, kernel: 5, stride: 2,
                padding: .init(top: 1, left: 1, bottom: 2, right: 2)),
            WindowGeometry(batch: 1, height: 2, width: 1, channels: 16, kernel: 5, padding: .init(2)),
            WindowGeometry(batch: 3, height: 9, width: 7, channels: 5, kernel: 3, stride: 2),
            WindowGeometry(batch: 3, height: 4, width: 4, channels: 19, kernel: 4),
        ]

    private func depthwise(
        _ geometry: WindowGeometry, _ kernel: DepthwiseKernel, threads: Int = 1, activation: LayerActivation = .linear,
        bias hasBias: Bool = true
    ) -> [Float] {
        let context = ComputeContext(threads: threads)
        context.overrides = [kernel]
        let output = unwritten([geometry.outputCount])
        let weight = normalTensor([geometry.channels, 1, geometry.kernel, geometry.kernel], seed: 2)
        context.depthwiseForward(
            input: normalTensor([geometry.inputCount], seed: 1), weight: weight,
            bias: hasBias ? normalTensor([geometry.channels], seed: 3) : nil, activation: activation, geometry: geometry,
            into: output)
        return output.values
    }

    @Test(arguments: windows)
    func depthwiseKernelsMatchTheReference(_ geometry: WindowGeometry) {
        for kernel in DepthwiseKernel.allCases {
            let linear = depthwise(geometry, kernel)
            expectClose(linear, depthwise(geometry, .reference), tolerance: 1e-6, "\(kernel.rawValue) \(geometry)")
            expectClose(
                depthwise(geometry, kernel, bias: false), depthwise(geometry, .reference, bias: false), tolerance: 1e-6)
            let positive = linear.map { $0 < 0 ? 0 : $0 }
            expectSameBytes(depthwise(geometry, kernel, activation: .relu), positive)
            expectSameBytes(depthwise(geometry, kernel, activation: .relu6), positive.map { $0 > 6 ? 6 : $0 })
            expectSameBytes(depthwise(geometry, kernel, threads: 3), linear)
            for set in InstructionSetTests.running {
                #expect(gd_simd_select(set.name) == GD_OK)
                expectSameBytes(depthwise(geometry, kernel, activation: .relu6), positive.map { $0 > 6 ? 6 : $0 })
            }
            #expect(gd_simd_select(nil) == GD_OK)
        }
    }

    /// The pixels of each window and channel, in order.
    private func pixels(_ g: WindowGeometry, _ input: Tensor) -> [[Float]] {
        var windows: [[Float]] = []
        for place in 0..<g.outputCount {
            let (channel, x) = (place % g.channels, place / g.channels % g.outputWidth)
            let row = place / g.channels / g.outputWidth
            let (y, n) = (row % g.outputHeight, row / g.outputHeight)
            let rows = (0..<g.kernel).map { y * g.stride + $0 - g.padding.top }.filter { (0..<g.height).contains($0) }
            let columns = (0..<g.kernel).map { x * g.stride + $0 - g.padding.left }.filter { (0..<g.width).contains($0) }
            windows.append(
                rows.flatMap { row in
                    columns.map { input[((n * g.height + row) * g.width + $0) * g.channels + channel] }
                })
        }
        return windows
    }

    @Test(arguments: windows)
    func poolingTakesThePixelsInsideTheImage(_ geometry: WindowGeometry) {
        let input = normalTensor([geometry.inputCount], seed: 1)
        let windows = pixels(geometry, input)
        func pool(_ pooling: Pooling, threads: Int) -> [Float] {
            let output = unwritten([geometry.outputCount])
            ComputeContext(threads: threads).poolForward(pooling, input: input, geometry: geometry, into: output)
            return output.values
        }
        let means = windows.map { Float($0.reduce(0.0) { $0 + Double($1) } / Double($0.count)) }
        expectClose(pool(.average, threads: 1), means, tolerance: 1e-6)
        expectSameBytes(pool(.average, threads: 3), pool(.average, threads: 1))
        expectSameBytes(pool(.maximum, threads: 3), windows.compactMap { $0.max() })
    }

    @Test func aNumberThatIsNoneIsTheLargest() {
        let geometry = WindowGeometry(batch: 1, height: 1, width: 3, channels: 1, kernel: 3, padding: .init(1))
        let output = unwritten([3])
        for place in 0..<3 {
            let input = Tensor(shape: [3], values: [1, 2, 3])
            input[place] = .nan
            ComputeContext(threads: 1).poolForward(.maximum, input: input, geometry: geometry, into: output)
            #expect((0..<3).allSatisfy { output[$0].isNaN == (abs($0 - place) <= 1) })
        }
    }

    /// What is linear in an image's places stays so between the centres of its outer pixels, and does not go on beyond them.
    @Test(arguments: [(3, 5, 7, 11), (8, 6, 4, 9), (1, 1, 3, 2), (5, 4, 5, 4)])
    func resizeIsLinearBetweenPixels(_ height: Int, _ width: Int, _ toHeight: Int, _ toWidth: Int) {
        func plane(_ height: Int, _ width: Int, of extents: (Int, Int)) -> [Float] {
            func place(_ index: Int, _ count: Int, _ extent: Int) -> Double {
                min(max((Double(index) + 0.5) * Double(extent) / Double(count) - 0.5, 0), Double(extent - 1))
            }
            return (0..<2 * height * width).flatMap { pixel -> [Float] in
                let (y, x) = (place(pixel / width % height, height, extents.0), place(pixel % width, width, extents.1))
                let image = Double(pixel / (height * width))
                return [Float(3 * y - 2 * x + image), Float(x + 5 * image)]
            }
        }
        let input = Tensor(shape: [2, height, width, 2], values: plane(height, width, of: (height, width)))
        let (scale, shift) = (Tensor(shape: [2], values: [2, -1]), Tensor(shape: [2], values: [0.5, 3]))
        let expected = plane(toHeight, toWidth, of: (height, width)).enumerated().map { index, value in
            scale[index % 2] * value + shift[index % 2]
        }
        func resize(threads: Int) -> [Float] {
            let output = unwritten([2, toHeight, toWidth, 2])
            ComputeContext(threads: threads).resizeForward(input, scale: scale, shift: shift, into: output)
            return output.values
        }
        expectClose(resize(threads: 1), expected, tolerance: 1e-6)
        expectSameBytes(resize(threads: 3), resize(threads: 1))
    }
}
