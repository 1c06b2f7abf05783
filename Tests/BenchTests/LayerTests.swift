import Kernels
import Model
import Testing

@testable import bench

struct LayerTests {
    @Test(arguments: ["conv1x1", "conv3x3", "conv3x3s2", "conv3x3s2p1", "conv3x3u2"])
    func convolutionNamesSurviveTheirGeometry(_ name: String) throws {
        let convolution = try #require(ConvolutionName(name))
        let geometry = try #require(convolution.geometry(batch: 2, inputChannels: 3, outputChannels: 5, side: 8))
        #expect(ConvolutionName(geometry) == convolution)
        #expect("\(convolution)" == name)
    }

    @Test func convolutionsWithoutANameHaveNone() {
        #expect(ConvolutionName("conv5x5") == nil)
        #expect(
            ConvolutionName(Conv2DGeometry(batch: 1, height: 4, width: 8, inputChannels: 1, outputChannels: 1, kernel: 3)) == nil)
        #expect(ConvolutionName("conv3x3s2")?.geometry(batch: 1, inputChannels: 1, outputChannels: 1, side: 1) == nil)
    }

    /// What a recorded operation is named must be a case that does the same work.
    @Test func recordedLayersAreCasesOfTheSameWork() throws {
        let profile = try StepRecorder(preset: .tiny, batch: 1, threads: 1).record(steps: 1).profile
        for entry in profile.entries {
            guard let name = LayerProblem.name(entry.operation), name.hasPrefix("conv") || name.hasPrefix("linear") else {
                continue
            }
            let benchmark = try Registry.benchmark(name, threads: 1).benchmark
            guard case .flops(let nominal, _, _) = benchmark.work else { Issue.record("\(name) counts no operations"); continue }
            #expect(nominal * entry.count.calls == entry.count.nominalFLOPs, "\(name)")
        }
    }

    @Test func scalesTheBatchOfEveryKindOfLayer() throws {
        let context = ComputeContext(threads: 1)
        context.profile = Profile()
        let (rows, weight, output) = (Tensor(shape: [3, 4]), Tensor(shape: [5, 4]), Tensor(shape: [3, 5]))
        context.linearForward(input: rows, weight: weight, bias: nil, into: output)
        for _ in 0..<2 { context.linearBackwardData(dOutput: output, weight: weight, into: rows) }
        context.linearBackwardWeight(input: rows, dOutput: output, accumulatingInto: weight, dBias: nil)
        context.addForward(rows, rows, into: rows)
        let layers = LayerCase.distinct(try #require(context.profile), scale: 8)
        let expected = [("fwd", 1), ("dgrad", 2), ("wgrad", 1)]
        #expect(layers == expected.map { LayerCase(name: "linear/\($0.0)/n24ci4co5", calls: $0.1) })
    }

    @Test func stepProfileAddsUpByKind() throws {
        let recorded = try StepRecorder(preset: .tiny, batch: 2, threads: 1).record(steps: 2)
        let profile = StepProfile(
            recorded, preset: "tiny", precision: .float32, batch: 2, threads: 1,
            ceilings: .init(fmaGflops: 100, bf16Gflops: nil, memoryCopyGbs: 10, cacheCopyGbs: 50),
            machine: Machine(
                cpu: "", processors: 1, vectorInstructions: "", compiler: "", commit: "", loadAverage: nil, sgemmGFLOPs: 1))
        #expect(profile.totals.count < profile.operations.count)
        #expect(profile.totals.reduce(0) { $0 + $1.calls } == profile.operations.reduce(0) { $0 + $1.calls })
        #expect(profile.otherMilliseconds > 0 && profile.otherMilliseconds < profile.stepMilliseconds)
        let times = profile.totals.map(\.milliseconds)
        #expect(times == times.sorted(by: >))
        #expect(profile.totals.contains { $0.kind == "conv2d.forward 3x3 stride 2" && $0.calls == 1 })
    }
}
