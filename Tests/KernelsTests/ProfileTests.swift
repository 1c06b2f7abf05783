import Kernels
import Testing

struct ProfileTests {
    @Test func countsWhatTheMeterCountsByShape() throws {
        let context = ComputeContext(threads: 1)
        context.profile = Profile()
        let (small, large) = (Tensor(shape: [10]), Tensor(shape: [1000]))
        for tensor in [small, large, small] { context.siluForward(input: tensor, into: tensor) }
        context.addForward(large, large, into: large)

        let entries = try #require(context.profile).entries
        #expect(entries.map(\.operation.name) == ["silu.forward", "silu.forward", "add.forward"])
        #expect(entries.map { "\($0.operation.shape)" } == ["10", "1000", "1000"])
        #expect(entries.map(\.count.calls) == [2, 1, 1])
        #expect(entries.reduce(0) { $0 + $1.count.nominalFLOPs } == context.meter.nominalFLOPs)
        #expect(entries.reduce(0) { $0 + $1.count.bytes } == context.meter.bytes)
        #expect(entries.allSatisfy { $0.nanoseconds > 0 })
    }

    @Test func tellsLayersFromConvolutionsAndShapesApart() throws {
        let context = ComputeContext(threads: 1)
        context.profile = Profile()
        let geometry = Conv2DGeometry(batch: 1, height: 4, width: 4, inputChannels: 2, outputChannels: 3, kernel: 3)
        context.conv2dForward(
            input: Tensor(shape: [32]), weight: Tensor(shape: [54]), bias: nil, geometry: geometry, into: Tensor(shape: [48]))
        context.linearForward(
            input: Tensor(shape: [5, 2]), weight: Tensor(shape: [3, 2]), bias: nil, into: Tensor(shape: [5, 3]))
        let shapes = try #require(context.profile).entries.map { AnyHashable($0.operation.shape) }
        #expect(shapes == [AnyHashable(geometry), AnyHashable(LinearShape(rows: 5, inputs: 2, outputs: 3))])
    }

    @Test func recordsNothingUnlessAsked() {
        let context = ComputeContext(threads: 1)
        context.siluForward(input: Tensor(shape: [4]), into: Tensor(shape: [4]))
        #expect(context.profile == nil)
        #expect(context.meter.operations["silu.forward"]?.calls == 1)
    }
}
