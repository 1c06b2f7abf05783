import Foundation
import Kernels
import Model
import TestSupport
import Testing

/// Models that know classes: labels in training and in sampling.
@Suite struct ConditionalModelTests {
    private static let nullLabel = 3

    private func model(threads: Int = 1) throws -> UNet {
        var configuration = UNetConfiguration.tiny
        configuration.numClassEmbeds = Self.nullLabel + 1
        let model = try UNet(configuration, context: ComputeContext(threads: threads))
        model.initialize(seed: 3)
        return model
    }

    private func images(_ model: UNet, count: Int) -> Tensor {
        let images = Tensor(shape: model.sampleShape(count: count))
        images.fillNormal(CounterRandom(seed: 1, stream: .sampling))
        return images
    }

    private func table(_ model: UNet) throws -> ParameterLayout.Entry {
        try #require(model.layout.entries.first { $0.name == "class_embedding.weight" })
    }

    @Test func freshClassesAreNormal() throws {
        let model = try model()
        let entry = try table(model)
        let values = Tensor(viewOf: model.parameters, offset: entry.offset, shape: entry.shape).values.map(Double.init)
        let square = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
        #expect(abs(square - 1) < 4 * (2 / Double(values.count)).squareRoot())
    }

    /// The gradient of a class that two images have is the sum of theirs, and of a class that none has zero.
    @Test func gradientsOfAClassAddUp() throws {
        let model = try model()
        let (sample, noise) = (images(model, count: 2), Tensor(shape: model.sampleShape(count: 2)))
        noise.fill(0.1)
        let entry = try table(model)
        func gradient(_ labels: [Int]) -> [[Float]] {
            model.clearGradients()
            _ = model.accumulateGradients(sample: sample, timesteps: [5, 700], target: noise, classLabels: labels)
            let values = Tensor(viewOf: model.gradients, offset: entry.offset, shape: entry.shape).values
            return stride(from: 0, to: values.count, by: entry.shape[1]).map { Array(values[$0..<$0 + entry.shape[1]]) }
        }
        // All classes look alike, so that labels alone decide where gradients go.
        let vectors = Tensor(viewOf: model.parameters, offset: entry.offset, shape: entry.shape)
        for index in 0..<vectors.count { vectors[index] = Float(index % entry.shape[1]) / 32 }
        let (apart, together) = (gradient([0, 2]), gradient([1, 1]))
        #expect(isClose(zip(apart[0], apart[2]).map { $0 + $1 }, together[1], tolerance: 1e-6))
        #expect(together[1].contains { $0 != 0 })
        for row in [0, 2, 3] { #expect(together[row].allSatisfy { $0 == 0 }) }
    }

    @Test(arguments: [1, 5]) func plannedMemoryIsWhatPassesTake(count: Int) throws {
        let model = try model()
        let trainer = Trainer(model: model, schedule: NoiseSchedule(), settings: TrainingSettings())
        let labels = [Int](repeating: 1, count: count)
        try trainer.step(images: images(model, count: count), classLabels: labels, address: StepAddress(seed: 9, step: 0))
        #expect(model.activationBytes == model.activationBytes(images: count, isTraining: true))
    }

    @Test func sameBytesForOneAndTwoThreads() throws {
        let trainers = try [1, 2].map { threads in
            Trainer(model: try model(threads: threads), schedule: NoiseSchedule(), settings: TrainingSettings())
        }
        for trainer in trainers {
            for step in 0..<3 {
                try trainer.step(
                    images: images(trainer.model, count: 3), classLabels: [0, 3, 0], address: StepAddress(seed: 9, step: step))
            }
        }
        #expect(trainers[0].model.parameters.values == trainers[1].model.parameters.values)
    }

    @Test func hiddenLabelsFollowFromTheAddressAlone() {
        let dropout = LabelDropout(probability: 0.25, nullLabel: 9)
        let labels = [Int](repeating: 4, count: 4000)
        let base = StepAddress(seed: 1, round: 2, device: 3, step: 4)
        let seen = dropout.labels(labels, at: base)
        #expect(Set(seen) == [4, 9])
        let hidden = Double(seen.count { $0 == 9 }) / Double(seen.count)
        #expect(abs(hidden - 0.25) < 4 * (0.25 * 0.75 / 4000).squareRoot())
        #expect(dropout.labels(labels, at: base) == seen)
        #expect(dropout.labels(Array(labels.prefix(7)), at: base) == Array(seen.prefix(7)))
        let others = [
            StepAddress(seed: 2, round: 2, device: 3, step: 4), StepAddress(seed: 1, round: 3, device: 3, step: 4),
            StepAddress(seed: 1, round: 2, device: 4, step: 4), StepAddress(seed: 1, round: 2, device: 3, step: 5),
        ]
        for other in others { #expect(dropout.labels(labels, at: other) != seen) }
        #expect(LabelDropout(probability: 0, nullLabel: 9).labels(labels, at: base) == labels)
        #expect(Set(LabelDropout(probability: 1, nullLabel: 9).labels(labels, at: base)) == [9])
    }

    /// Bright images of one class and dark ones of another: with the right labels their noise is predicted better than with wrong ones.
    @Test func labelsAreLearned() throws {
        let trainer = Trainer(
            model: try model(), schedule: NoiseSchedule(),
            settings: TrainingSettings(optimizer: AdamWOptions(learningRate: 2e-3), averageDecay: nil))
        let shape = trainer.model.sampleShape(count: 8)
        let images = Tensor(shape: shape, values: (0..<8 * 192).map { $0 < 4 * 192 ? 0.8 : -0.8 })
        let labels = [0, 0, 0, 0, 1, 1, 1, 1]
        let dropout = LabelDropout(probability: 0.1, nullLabel: Self.nullLabel)
        for step in 0..<150 {
            let address = StepAddress(seed: 2, step: step)
            try trainer.step(images: images, classLabels: dropout.labels(labels, at: address), address: address)
        }
        let noise = Tensor(shape: shape)
        noise.fillNormal(CounterRandom(seed: 4, stream: .sampling))
        func loss(_ labels: [Int]) -> Double {
            [150, 300, 450].reduce(0) { sum, timestep in
                let step = TrainingStep(
                    images: images, noise: noise, timesteps: [Int](repeating: timestep, count: 8), schedule: trainer.schedule)
                let prediction = trainer.model.predictNoise(step.sample, timesteps: step.timesteps, classLabels: labels)
                return sum + trainer.model.context.meanSquaredError(prediction: prediction, target: noise, dPrediction: nil)
            }
        }
        let none = [Int](repeating: Self.nullLabel, count: 8)
        #expect(loss(labels) < 0.98 * loss(none) && loss(labels) < 0.95 * loss(labels.reversed()))
    }

    @Test func guidanceGoesFromNoClassThroughTheClass() throws {
        let model = try model()
        let sample = images(model, count: 2)
        let withClass = model.predictNoise(sample, timesteps: [500, 500], classLabels: [1, 2])
        let none = model.predictNoise(sample, timesteps: [500, 500], classLabels: [Self.nullLabel, Self.nullLabel])
        #expect(withClass.values != none.values)
        func predict(_ guidance: Double, first: Int = 0) -> [Float] {
            let conditioning = Conditioning(labels: [1, 2], guidance: guidance, nullLabel: Self.nullLabel)
            return model.predict(sample, timesteps: [500, 500], first: first, conditioning).values
        }
        #expect(predict(1) == withClass.values)
        #expect(predict(1, first: 4) == withClass.values)
        #expect(predict(0) == none.values)
        #expect(predict(1, first: 1) == model.predictNoise(sample, timesteps: [500, 500], classLabels: [2, 1]).values)
        let expected = zip(withClass.values, none.values).map { $1 + 3.5 * ($0 - $1) }
        #expect(isClose(predict(3.5), expected, tolerance: 1e-6))
    }

    @Test func imagesOfAClassDoNotDependOnTheBatch() throws {
        let model = try model()
        let sampler = try ImageSampler(.ddpm, steps: 3, schedule: NoiseSchedule())
        let guided = Conditioning(labels: [0, 2], guidance: 2, nullLabel: Self.nullLabel)
        let together = try #require(sampler.sample(model, count: 5, seed: 8, conditioning: guided))
        let apart = try #require(sampler.sample(model, count: 5, seed: 8, conditioning: guided, batchSize: 2))
        let last = try #require(sampler.sample(model, count: 2, seed: 8, first: 3, conditioning: guided))
        #expect(together.values == apart.values)
        #expect(Array(together.values.suffix(last.count)) == last.values)
        let other = Conditioning(labels: [1], guidance: 2, nullLabel: Self.nullLabel)
        #expect(sampler.sample(model, count: 5, seed: 8, conditioning: other)?.values != together.values)
    }
}
