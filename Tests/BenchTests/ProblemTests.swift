import Kernels
import Testing

@testable import bench

struct ProblemTests {
    @Test func readsNumbersBehindTheirKeys() {
        let problem = Problem("conv3x3/fwd/n8ci128co3hw32")
        #expect(problem.numbers(2, "n", "ci", "co", "hw") == [8, 128, 3, 32])
        #expect(Problem("fedavg/k10/n37M/b8").numbers(2, "n") == [37_000_000])
        #expect(Problem("pack/b6/n5k").numbers(2, "n") == [5_000])
    }

    @Test(arguments: [
        "n8ci128", "n8ci128co3hw32x", "ci128n8co3hw32", "n-8ci128co3hw32", "nci128co3hw32", "n99999999999999999999ci1co1hw1", "",
    ])
    func refusesOtherSizes(_ size: String) {
        #expect(Problem("conv3x3/fwd/\(size)").numbers(2, "n", "ci", "co", "hw") == nil)
    }

    @Test func readsThePrecision() {
        let problem = Problem("unet/train/bf16/small/n8")
        #expect(problem.precision == .bfloat16 && problem.parts == ["unet", "train", "small", "n8"])
        #expect(Problem("unet/train/small/n8").precision == .float32)
        #expect(Problem.name("conv3x3/fwd/n8ci3co3hw8", .bfloat16) == "conv3x3/fwd/bf16/n8ci3co3hw8")
        #expect(throws: UnknownCase.self) { try Registry.benchmark("silu/fwd/bf16/n1k", threads: 1) }
    }

    @Test func readsThreadCounts() {
        #expect(ThreadCounts(argument: "1,2,4")?.values == [1, 2, 4])
        for text in ["", "1,", "0", "-1", "1,x", "1025"] { #expect(ThreadCounts(argument: text) == nil, "\(text)") }
    }

    @Test func everyListedCaseBelongsToAFamilyAndNoOther() throws {
        #expect(Set(Registry.cases).count == Registry.cases.count)
        #expect(throws: UnknownCase.self) { try Registry.benchmark("conv5x5/fwd/n1ci1co1hw8", threads: 1) }
        #expect(throws: UnknownCase.self) { try Registry.benchmark("linear/bwd/n1ci1co1", threads: 1) }
        #expect(Registry.matching("linear/wgrad/n") == ["linear/wgrad/n2048ci256co256"])
        #expect(Registry.matching("linear/wgrad/bf16") == ["linear/wgrad/bf16/n2048ci256co256"])
        #expect(Registry.matching("linear/wgrad/n1ci2co3") == ["linear/wgrad/n1ci2co3"])
        #expect(Registry.matching("nothing").isEmpty)
    }

    /// Small cases of every kind of layer are right and report their work.
    @Test(arguments: [
        "conv3x3/fwd/n2ci16co16hw8", "conv3x3s2/dgrad/n1ci4co6hw8", "conv3x3s2p1/wgrad/n1ci4co6hw8",
        "conv3x3u2/fwd/n1ci16co16hw4",
        "conv1x1/wgrad/n1ci4co6hw8", "linear/fwd/n3ci5co7", "linear/dgrad/n3ci5co7", "linear/wgrad/n3ci5co7",
        "groupnorm/bwd/n2c32hw4",
        "attention/bwd/n2t16h2c8", "conv3x3/fwd/bf16/n2ci32co32hw8", "conv3x3s2/dgrad/bf16/n1ci4co6hw8",
        "conv3x3u2/dgrad/bf16/n1ci32co32hw4", "linear/wgrad/bf16/n3ci5co7", "groupnorm/bwd/bf16/n2c32hw4",
        "attention/bwd/bf16/n2t16h2c8", "unet/fwd/bf16/small/n1", "unet/train/bf16/small/n1",
    ])
    func layersVerify(_ name: String) throws {
        let benchmark = try Registry.benchmark(name, threads: 2).benchmark
        benchmark.run()
        try benchmark.verify()
    }
}
