import Kernels
import Model
import TestSupport
import Testing

@Suite struct TrainerTests {
    private func trainer(
        _ configuration: UNetConfiguration = .tiny, threads: Int = 1, averageDecay: Double? = 0.99
    ) throws -> Trainer {
        let model = try UNet(configuration, context: ComputeContext(threads: threads))
        model.initialize(seed: 3)
        let settings = TrainingSettings(optimizer: AdamWOptions(learningRate: 2e-3), averageDecay: averageDecay)
        return Trainer(model: model, schedule: NoiseSchedule(), settings: settings)
    }

    private func images(_ model: UNet, count: Int = 3) -> Tensor {
        let images = Tensor(shape: model.sampleShape(count: count))
        images.fillNormal(CounterRandom(seed: 1, stream: .sampling))
        return images
    }

    private var withDropout: UNetConfiguration {
        var configuration = UNetConfiguration.tiny
        configuration.dropout = 0.3
        return configuration
    }

    @Test func sameBytesForOneAndTwoThreads() throws {
        let (one, two) = (try trainer(withDropout), try trainer(withDropout, threads: 2))
        for step in 0..<3 {
            let address = StepAddress(seed: 9, step: step)
            let first = try one.step(images: images(one.model), address: address)
            #expect(first == (try two.step(images: images(two.model), address: address)))
        }
        #expect(one.model.parameters.values.map(\.bitPattern) == two.model.parameters.values.map(\.bitPattern))
    }

    @Test(arguments: [[8, 8], [16, 24]], [1, 5])
    func plannedMemoryIsWhatPassesTake(size: [Int], count: Int) throws {
        var configuration = withDropout
        configuration.sampleSize = size
        let trainer = try trainer(configuration)
        try trainer.step(images: images(trainer.model, count: count), address: StepAddress(seed: 9, step: 0))
        #expect(trainer.model.activationBytes == trainer.model.activationBytes(images: count, isTraining: true))
        _ = trainer.model.predictNoise(images(trainer.model, count: count + 1), timesteps: [Int](repeating: 7, count: count + 1))
        #expect(trainer.model.activationBytes == trainer.model.activationBytes(images: count + 1, isTraining: false))
        #expect(trainer.model.activationBytes > 0)
    }

    /// The gradient with dropout against a central difference of the loss along the gradient itself, masks held fixed.
    @Test func dropoutGradientIsTheLossesSlope() throws {
        let model = try trainer(withDropout).model
        let step = TrainingStep(images: images(model), address: StepAddress(seed: 6, step: 0), schedule: NoiseSchedule())
        func loss() -> Double {
            model.clearGradients()
            return model.accumulateGradients(
                sample: step.sample, timesteps: step.timesteps, target: step.target,
                dropout: CounterRandom(seed: 6, stream: .dropout))
        }
        let withoutDropout = model.accumulateGradients(
            sample: step.sample, timesteps: step.timesteps, target: step.target)
        #expect(loss() != withoutDropout)
        let (start, gradient) = (model.parameters.values, model.gradients.values)
        let length = norm(gradient)
        let distance = 1e-2
        func move(_ sign: Double) -> Double {
            for index in start.indices {
                model.parameters[index] = start[index] + Float(sign * distance / length) * gradient[index]
            }
            return loss()
        }
        let slope = (move(1) - move(-1)) / (2 * distance)
        #expect(abs(slope / length - 1) < 1e-2)
    }

    @Test func lossFalls() throws {
        let trainer = try trainer()
        let images = images(trainer.model, count: 8)
        let losses = try (0..<60).map { try trainer.step(images: images, address: StepAddress(seed: 2, step: $0)).loss }
        let (start, end) = (losses.prefix(20).reduce(0, +), losses.suffix(20).reduce(0, +))
        #expect(end < 0.9 * start)
    }

    @Test func stepsTakeTheirMemoryOnceInOnePiece() throws {
        let trainer = try trainer(withDropout)
        let images = images(trainer.model)
        let allocations = try (0..<4).map { step in
            try trainer.step(images: images, address: StepAddress(seed: 2, step: step))
            return trainer.model.activationAllocations
        }
        #expect(allocations == [1, 1, 1, 1])
    }

    /// A prediction stays as it was while later passes use the memory around it.
    @Test func keptPredictionsAreNotOverwritten() throws {
        let model = try trainer().model
        let (first, second) = (images(model), Tensor(shape: model.sampleShape(count: 3)))
        for _ in 0..<3 {
            let kept = model.predictNoise(first, timesteps: [1, 2, 3])
            let values = kept.values
            #expect(model.predictNoise(second, timesteps: [9, 9, 9]).values != values)
            _ = model.predictNoise(Tensor(shape: model.sampleShape(count: 5)), timesteps: [0, 0, 0, 0, 0])
            #expect(kept.values == values)
        }
    }

    @Test func everyPartOfTheAddressMatters() throws {
        let base = StepAddress(seed: 1, round: 2, device: 3, step: 4)
        let others = [
            StepAddress(seed: 2, round: 2, device: 3, step: 4), StepAddress(seed: 1, round: 3, device: 3, step: 4),
            StepAddress(seed: 1, round: 2, device: 4, step: 4), StepAddress(seed: 1, round: 2, device: 3, step: 5),
        ]
        let images = Tensor(shape: [4, 8, 8, 3])
        let step = TrainingStep(images: images, address: base, schedule: NoiseSchedule())
        #expect(step.target.values == TrainingStep(images: images, address: base, schedule: NoiseSchedule()).target.values)
        for other in others {
            let otherStep = TrainingStep(images: images, address: other, schedule: NoiseSchedule())
            #expect(step.target.values != otherStep.target.values)
            #expect(step.timesteps != otherStep.timesteps)
        }
    }

    @Test func resumedTrainingEndsAtTheSameBytes() throws {
        let folder = TemporaryFolder()
        let whole = try trainer(withDropout)
        for step in 0..<4 { try whole.step(images: images(whole.model), address: StepAddress(seed: 5, step: step)) }

        let first = try trainer(withDropout)
        for step in 0..<2 { try first.step(images: images(first.model), address: StepAddress(seed: 5, step: step)) }
        try Checkpoint(
            configuration: withDropout, scheduler: SchedulerConfiguration(), parameters: first.model.parameters
        ).write(to: folder.path)
        try first.state.write(to: folder.path, layout: first.model.layout)

        let model = try UNet(Checkpoint(directory: folder.path), context: ComputeContext(threads: 1))
        let second = Trainer(model: model, schedule: NoiseSchedule(), settings: first.settings)
        try second.restore(TrainingState(directory: folder.path, layout: model.layout), path: folder.path)
        for step in 2..<4 { try second.step(images: images(model), address: StepAddress(seed: 5, step: step)) }
        #expect(second.model.parameters.values == whole.model.parameters.values)
        #expect(second.average?.parameters.values == whole.average?.parameters.values)
        #expect(second.optimizerSteps == 4)
    }

    @Test func divergenceChangesNothing() throws {
        let trainer = try trainer()
        let before = trainer.model.parameters.values
        let images = images(trainer.model)
        images[5] = .nan
        let error = #expect(throws: DivergenceError.self) {
            try trainer.step(images: images, address: StepAddress(seed: 1, step: 0))
        }
        #expect(error?.layer == "conv_in")
        #expect(trainer.model.parameters.values == before)
        #expect(trainer.optimizerSteps == 0)
        #expect(trainer.average?.steps == 0)
    }

    /// One weight that is not finite, or so large that only gradients overflow, in either precision.
    @Test(arguments: Precision.allCases)
    func divergenceNamesItsLayer(precision: Precision) throws {
        func layer(_ name: String, _ weight: Float) throws -> String? {
            let model = try UNet(.tiny, context: ComputeContext(threads: 1, precision: precision))
            model.initialize(seed: 3)
            let entry = try #require(model.layout.entries.first { $0.name == name })
            model.parameters[entry.offset] = weight
            let trainer = Trainer(model: model, schedule: NoiseSchedule(), settings: TrainingSettings())
            let error = #expect(throws: DivergenceError.self) {
                try trainer.step(images: images(model), address: StepAddress(seed: 1, step: 0))
            }
            #expect(try #require(error).description.contains("at step 1, first in "))
            return error?.layer
        }
        #expect(try layer("mid_block.resnets.0.conv2.weight", .infinity) == "mid_block.resnets.0.conv2")
        #expect(try layer("time_embedding.linear_1.bias", .nan) == "time_embedding.linear_1")
        #expect(try layer("down_blocks.0.resnets.0.norm1.weight", .nan) == "down_blocks.0.resnets.0.norm1")
        #expect(try layer("conv_out.weight", 1e25) == "conv_norm_out")
    }

    @Test func freshOptimizerForgetsTheMoments() throws {
        let (used, fresh) = (try trainer(averageDecay: nil), try trainer(averageDecay: nil))
        let start = fresh.model.parameters.values
        try used.step(images: images(used.model), address: StepAddress(seed: 1, step: 0))
        used.resetOptimizer()
        used.model.parameters.copy(from: Tensor(shape: [start.count], values: start))
        let address = StepAddress(seed: 1, step: 7)
        #expect(
            try used.step(images: images(used.model), address: address)
                == (try fresh.step(images: images(fresh.model), address: address)))
        #expect(used.model.parameters.values == fresh.model.parameters.values)
    }

    @Test func stateOfAnotherRunIsRefused() throws {
        let trainer = try trainer()
        var state = trainer.state
        state.buffers["average"] = nil
        #expect(throws: CheckpointError.self) { try trainer.restore(state, path: "state.json") }
        state = trainer.state
        state.counters["optimizer_steps"] = nil
        #expect(throws: CheckpointError.self) { try trainer.restore(state, path: "state.json") }
    }

    @Test func averageWarmsUp() {
        let context = ComputeContext(threads: 1)
        let start = Tensor(shape: [1], values: [0])
        let target = Tensor(shape: [1], values: [1])
        let average = ExponentialMovingAverage(of: start, decay: 0.9, steps: 0)
        average.update(target, context: context)
        #expect(abs(average.parameters[0] - 0.9) < 1e-6)
        average.update(target, context: context)
        let second: Float = 1 - 0.1 * 2 / 11
        #expect(abs(average.parameters[0] - second) < 1e-6)
        let late = ExponentialMovingAverage(of: start, decay: 0.9, steps: 1000)
        late.update(target, context: context)
        #expect(abs(late.parameters[0] - 0.1) < 1e-6)
    }

    /// A round of several local steps moves the average as those steps at equal parameters would.
    @Test func averageOfARound() {
        let context = ComputeContext(threads: 1)
        let (start, target) = (Tensor(shape: [1], values: [0]), Tensor(shape: [1], values: [1]))
        let (stepwise, atOnce) = (
            ExponentialMovingAverage(of: start, decay: 0.7), ExponentialMovingAverage(of: start, decay: 0.7)
        )
        for _ in 0..<40 { stepwise.update(target, context: context) }
        atOnce.update(target, steps: 40, context: context)
        #expect(abs(stepwise.parameters[0] - atOnce.parameters[0]) < 1e-6)
        #expect(stepwise.steps == atOnce.steps)
    }
}
