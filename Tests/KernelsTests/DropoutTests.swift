import Kernels
import Testing

@Suite struct DropoutTests {
    private let random = CounterRandom(seed: 3, stream: .dropout, round: 4, device: 5, item: 6)

    /// The mask is that of the documented words, element by element.
    @Test(arguments: [1, 3, 4, 5, 31, 32, 33, 67, 1029])
    func maskFollowsTheCounter(_ count: Int) {
        let input = normalTensor([count], mean: 10)
        let output = unwritten([count])
        ComputeContext(threads: 2).dropoutForward(input: input, probability: 0.25, random: random, into: output)
        var words = random.generator()
        let expected = input.values.map { words.nextWord() >= 0x4000_0000 ? $0 * (1 / 0.75) : 0 }
        expectSameBytes(output.values, expected)
    }

    @Test func backwardUsesTheForwardMask() {
        let ones = Tensor(shape: [999])
        ones.fill(1)
        let (output, dInput) = (unwritten([999]), unwritten([999]))
        let context = ComputeContext(threads: 1)
        context.dropoutForward(input: ones, probability: 0.4, random: random, into: output)
        context.dropoutBackward(dOutput: ones, probability: 0.4, random: random, into: dInput)
        expectSameBytes(output.values, dInput.values)
    }

    @Test func keepsTheMean() {
        let count = 100_000
        let ones = Tensor(shape: [count])
        ones.fill(1)
        ComputeContext(threads: 2).dropoutForward(input: ones, probability: 0.1, random: random, into: ones)
        let mean = ones.values.reduce(0) { $0 + Double($1) } / Double(count)
        let deviation = (0.1 / 0.9 / Double(count)).squareRoot()
        #expect(abs(mean - 1) < 4 * deviation)
    }

    @Test func zeroProbabilityKeepsEverything() {
        let input = normalTensor([77])
        let output = unwritten([77])
        ComputeContext(threads: 1).dropoutForward(input: input, probability: 0, random: random, into: output)
        expectSameBytes(output.values, input.values)
    }
}
