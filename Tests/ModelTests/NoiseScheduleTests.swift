import Kernels
import Model
import Testing

@Suite struct NoiseScheduleTests {
    @Test func linearSchedule() {
        let schedule = NoiseSchedule()
        #expect(schedule.count == 1000)
        #expect(schedule.betas[0] == 0.0001)
        #expect(abs(schedule.betas[999] - 0.02) < 1e-17)
        #expect(abs(schedule.cumulativeAlphas[0] - 0.9999) < 1e-15)
        // prod(1 - beta), computed with 50 digits.
        #expect(abs(schedule.cumulativeAlphas[499] / 0.07858724288177824 - 1) < 1e-12)
        #expect(abs(schedule.cumulativeAlphas[999] / 4.0358297653756835e-05 - 1) < 1e-12)
        #expect(schedule.cumulativeAlpha(-1) == 1)
    }

    @Test func noisyImagesMixByVariance() {
        let schedule = NoiseSchedule()
        let images = Tensor(shape: [2, 2], values: [1, -1, 0.5, 0])
        let noise = Tensor(shape: [2, 2], values: [0.25, 2, -1, 3])
        let output = Tensor(shape: [2, 2])
        schedule.addNoise(images: images, noise: noise, timesteps: [0, 700], into: output)
        for index in 0..<4 {
            let kept = schedule.cumulativeAlphas[index < 2 ? 0 : 700]
            let expected = kept.squareRoot() * Double(images[index]) + (1 - kept).squareRoot() * Double(noise[index])
            #expect(abs(Double(output[index]) - expected) < 1e-6)
        }
    }

    @Test func initialParametersHavePyTorchsDistribution() throws {
        let model = try UNet(.small, context: ComputeContext(threads: 1))
        model.initialize(seed: 11)
        for entry in model.layout.entries {
            let values = Tensor(viewOf: model.parameters, offset: entry.offset, shape: entry.shape).values
            if entry.name.contains("norm") {
                let start: Float = entry.name.hasSuffix("weight") ? 1 : 0
                #expect(values.allSatisfy { $0 == start }, "\(entry.name)")
            } else if entry.shape.count > 1 {
                let bound = 1 / Double(entry.shape.dropFirst().reduce(1, *)).squareRoot()
                #expect(values.allSatisfy { abs(Double($0)) <= bound }, "\(entry.name)")
                let variance = values.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(values.count)
                let spread = 6 * (0.8 / Double(values.count)).squareRoot()
                #expect(abs(variance / (bound * bound / 3) - 1) < spread, "\(entry.name)")
            }
        }
        let again = try UNet(.small, context: ComputeContext(threads: 1))
        again.initialize(seed: 11)
        #expect(again.parameters.values == model.parameters.values)
        again.initialize(seed: 12)
        #expect(again.parameters.values != model.parameters.values)
    }

    @Test func normalNoiseHasItsMoments() {
        let noise = Tensor(shape: [20_001])
        noise.fillNormal(CounterRandom(seed: 2, stream: .diffusionNoise))
        let values = noise.values.map(Double.init)
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let variance = values.reduce(0) { $0 + $1 * $1 } / count
        #expect(abs(mean) < 5 / count.squareRoot())
        #expect(abs(variance - 1) < 5 * (2 / count).squareRoot())
        let shared = Tensor(shape: [20_001])
        shared.fillNormal(CounterRandom(seed: 2, stream: .diffusionNoise), threads: 3)
        #expect(shared.values == noise.values)
        var one = CounterRandom(seed: 2, stream: .diffusionNoise).generator()
        let inTurn = (0..<10_001).flatMap { _ in
            let (first, second) = one.nextNormalPair()
            return [Float(first), Float(second)]
        }
        #expect(noise.values == Array(inTurn.prefix(20_001)))
    }
}
