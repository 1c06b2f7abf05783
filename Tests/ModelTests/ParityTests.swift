import Kernels
import Model
import TestSupport
import Testing

/// The U-Net against diffusers and PyTorch in float32, whole tensors.
@Suite struct ParityTests {
    private func model(_ name: String, threads: Int = 1) throws -> UNet {
        try UNet(Checkpoint(directory: fixturePath(name)), context: ComputeContext(threads: threads))
    }

    private static let models = ["tiny", "variant", "conditional"]

    private func step(_ fixture: Fixture) throws -> TrainingStep {
        var step = TrainingStep(
            images: try fixture.images("images"), noise: try fixture.images("noise"),
            timesteps: try fixture.integers("timestep"), schedule: NoiseSchedule())
        step.classLabels = try labels(fixture)
        return step
    }

    private func labels(_ fixture: Fixture) throws -> [Int]? {
        fixture.names.contains("class_labels") ? try fixture.integers("class_labels") : nil
    }

    @Test(arguments: models)
    func forward(name: String) throws {
        let fixture = try Fixture("\(name).safetensors")
        let step = try step(fixture)
        let prediction = try model(name).predictNoise(
            step.sample, timesteps: step.timesteps, classLabels: step.classLabels)
        #expect(isClose(prediction.values, try fixture.images("prediction").values, tolerance: 1e-5))
    }

    @Test(arguments: models)
    func gradients(name: String) throws {
        let fixture = try Fixture("\(name).safetensors")
        let step = try step(fixture)
        let model = try model(name)
        let loss = model.accumulateGradients(
            sample: step.sample, timesteps: step.timesteps, target: step.target, classLabels: step.classLabels)
        #expect(abs(loss - Double(try fixture.tensor("loss")[0])) <= 1e-6)
        let references = try model.layout.entries.map { try fixture.tensor("gradient.\($0.name)") }
        #expect(fixture.names.filter { $0.hasPrefix("gradient.") }.count == references.count)
        let allNorm = norm(references.flatMap(\.values))
        for (entry, reference) in zip(model.layout.entries, references) {
            #expect(entry.shape == reference.shape)
            let gradient = Tensor(viewOf: model.gradients, offset: entry.offset, shape: entry.shape)
            let error = relativeError(gradient.values, reference.values, allNorm: allNorm)
            // The exact gradient of a key bias is zero: what is left is rounding on both sides, here below 1e-8 of all gradients.
            #expect(error <= (entry.name.hasSuffix("to_k.bias") ? 1e-2 : 1e-4), "\(entry.name)")
        }
    }

    @Test(arguments: [("tiny", "adamw"), ("conditional", "conditional-adamw")])
    func lossesOfTenAdamWSteps(name: String, steps: String) throws {
        let model = try model(name)
        let batch = try Fixture("\(name).safetensors")
        let (images, labels) = (try batch.images("images"), try labels(batch))
        let fixture = try Fixture("\(steps).safetensors")
        let (noise, timesteps) = (try fixture.tensor("noise"), try fixture.integers("timestep"))
        let losses = try fixture.tensor("loss")
        let settings = TrainingSettings(
            optimizer: AdamWOptions(learningRate: 2e-3, weightDecay: 0.01), maximumGradientNorm: 1, averageDecay: nil)
        let trainer = Trainer(model: model, schedule: NoiseSchedule(), settings: settings)
        for index in 0..<losses.count {
            let shape = Array(noise.shape.dropFirst())
            let stepNoise = channelsLast(Tensor(viewOf: noise, offset: index * images.count, shape: shape))
            var step = TrainingStep(
                images: images, noise: stepNoise, timesteps: Array(timesteps[(2 * index)..<(2 * index + 2)]),
                schedule: trainer.schedule)
            step.classLabels = labels
            let result = try trainer.update(step)
            #expect(abs(result.loss - Double(losses[index])) <= 1e-4 * Double(losses[index]), "step \(index)")
        }
        let entry = try #require(model.layout.entries.first { $0.name == "conv_out.weight" })
        let trained = Tensor(viewOf: model.parameters, offset: entry.offset, shape: entry.shape)
        #expect(isClose(trained.values, try fixture.tensor("parameter.conv_out.weight").values, tolerance: 1e-4))
    }
}
