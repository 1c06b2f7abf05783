import Kernels
import Model
import TestSupport
import Testing

/// Training and predicting with activations of bfloat16, against float32.
@Suite struct BFloat16ModelTests {
    private func model(_ precision: Precision, _ configuration: UNetConfiguration = .tiny, threads: Int = 1) throws -> UNet {
        let model = try UNet(configuration, context: ComputeContext(threads: threads, precision: precision))
        model.initialize(seed: 3)
        return model
    }

    private func trainer(_ precision: Precision, _ configuration: UNetConfiguration = .tiny, threads: Int = 1) throws -> Trainer {
        Trainer(
            model: try model(precision, configuration, threads: threads), schedule: NoiseSchedule(),
            settings: TrainingSettings(optimizer: AdamWOptions(learningRate: 2e-3), averageDecay: 0.99))
    }

    private func images(_ model: UNet, count: Int = 4) -> Tensor {
        let images = Tensor(shape: model.sampleShape(count: count))
        images.fillNormal(CounterRandom(seed: 1, stream: .sampling))
        return images
    }

    private func step(_ model: UNet, seed: UInt64 = 9) -> TrainingStep {
        TrainingStep(images: images(model), address: StepAddress(seed: seed, step: 0), schedule: NoiseSchedule())
    }

    /// 8 bits of precision through every layer: 0.4 % was measured of `small`, 0.7 % of its gradients.
    @Test(arguments: [UNetConfiguration.tiny, UNetConfiguration(preset: .small)])
    func predictionsAndGradientsAreThoseOfFloat32ToItsPrecision(_ configuration: UNetConfiguration) throws {
        let (half, single) = (try model(.bfloat16, configuration), try model(.float32, configuration))
        let step = step(single)
        let expected = single.predictNoise(step.sample, timesteps: step.timesteps)
        let prediction = half.predictNoise(step.sample, timesteps: step.timesteps)
        #expect(prediction.precision == .float32)
        let error = relativeError(prediction.values, expected.values)
        #expect(error > 1e-5 && error < 0.01, "\(error)")
        let losses = [half, single].map {
            $0.accumulateGradients(sample: step.sample, timesteps: step.timesteps, target: step.target)
        }
        #expect(abs(losses[0] / losses[1] - 1) < 0.005, "\(losses)")
        let gradientError = relativeError(half.gradients.values, single.gradients.values)
        #expect(gradientError > 1e-5 && gradientError < 0.02, "\(gradientError)")
    }

    @Test func sameBytesForAnyThreads() throws {
        var configuration = UNetConfiguration.tiny
        configuration.dropout = 0.3
        let trainers = try (1...3).map { try trainer(.bfloat16, configuration, threads: $0) }
        for step in 0..<3 {
            let address = StepAddress(seed: 9, step: step)
            let results = try trainers.map { try $0.step(images: images($0.model), address: address) }
            #expect(results[1] == results[0] && results[2] == results[0])
        }
        let bits = trainers.map { $0.model.parameters.values.map(\.bitPattern) }
        #expect(bits[1] == bits[0] && bits[2] == bits[0])
    }

    @Test func plannedMemoryIsWhatPassesTakeAndAboutHalf() throws {
        let bytes = try Precision.allCases.map { precision in
            let trainer = try trainer(precision, UNetConfiguration(preset: .small))
            try trainer.step(images: images(trainer.model, count: 3), address: StepAddress(seed: 9, step: 0))
            #expect(trainer.model.activationBytes == trainer.model.activationBytes(images: 3, isTraining: true))
            return Double(trainer.model.activationBytes)
        }
        #expect(bytes[1] / bytes[0] < 0.56, "\(bytes)")
    }

    /// The same images and noise: losses stay together while the model learns.
    @Test func trainingFollowsFloat32() throws {
        let losses = try Precision.allCases.map { precision in
            let trainer = try trainer(precision)
            return try (0..<60).map {
                try trainer.step(images: images(trainer.model), address: StepAddress(seed: 4, step: $0)).loss
            }
        }
        let (single, half) = (losses[0].suffix(20).reduce(0, +), losses[1].suffix(20).reduce(0, +))
        #expect(single < 0.9 * losses[0].prefix(20).reduce(0, +))
        #expect(abs(half / single - 1) < 0.01, "\(half / single)")
    }

    @Test func aViewOfAnotherPrecisionLiesInItsOwner() {
        let owner = Tensor(shape: [8])
        let half = Tensor(viewOf: owner, offset: 4, shape: [8], precision: .bfloat16)
        half.fill(1.5)
        #expect(half.values == [Float](repeating: 1.5, count: 8))
        #expect(owner.values.prefix(4).allSatisfy { $0 == 0 } && owner.values.suffix(4).allSatisfy { $0 != 0 })
    }
}
