import Codec
import FedRuntime
import Kernels

/// A linear regression `y = W x + b` that devices learn from their own noisy samples by gradient descent: the smallest real local
/// training. Samples depend on (seed, round, device, step) alone.
struct RegressionTrainer: LocalTrainer {
    static let inputs = 24
    static let outputs = 8
    static let layout = ParameterLayout([
        ("regression.weight", [outputs, inputs]), ("regression.bias", [outputs]),
    ])

    var seed: UInt64 = 99
    var learningRate = 0.05
    /// Devices whose training produces NaN.
    var diverging: Set<Int> = []

    func train(
        from global: Tensor, assignment: Assignment, into trained: Tensor
    ) throws(Never) -> TrainingReport {
        let (steps, batch) = (assignment.settings.localIterations, assignment.settings.batchSize)
        var weights = global.values.map(Double.init)
        var loss = 0.0
        for step in 0..<steps {
            let stepLoss = descend(&weights, round: assignment.round, device: assignment.device.id, step: step, batch: batch)
            loss += stepLoss / Double(steps)
        }
        if diverging.contains(assignment.device.id) { weights[3] = .nan }
        for (index, weight) in weights.enumerated() { trained[index] = Float(weight) }
        let flops = 6 * Self.inputs * Self.outputs * steps * batch
        return TrainingReport(loss: loss, samplesTrained: steps * batch, executedFLOPs: flops, nominalFLOPs: flops)
    }

    /// One gradient step on `batch` fresh samples; returns their mean squared error before it.
    private func descend(_ weights: inout [Double], round: Int, device: Int, step: Int, batch: Int) -> Double {
        var draw = CounterRandom(
            seed: seed, stream: .batchOrder, round: UInt32(round), device: UInt32(device), item: UInt32(step)
        ).generator()
        let (rows, columns) = (Self.outputs, Self.inputs)
        var gradient = [Double](repeating: 0, count: weights.count)
        var loss = 0.0
        for _ in 0..<batch {
            let x = (0..<columns).map { _ in draw.nextNormal() }
            for row in 0..<rows {
                var predicted = weights[rows * columns + row]
                var wanted = target(row, columns) + 0.1 * draw.nextNormal()
                for column in 0..<columns {
                    predicted += weights[row * columns + column] * x[column]
                    wanted += target(row, column) * x[column]
                }
                let slope = 2 * (predicted - wanted) / Double(batch * rows)
                loss += (predicted - wanted) * (predicted - wanted) / Double(batch * rows)
                for column in 0..<columns { gradient[row * columns + column] += slope * x[column] }
                gradient[rows * columns + row] += slope
            }
        }
        for index in weights.indices { weights[index] -= learningRate * Double(rows) * gradient[index] }
        return loss
    }

    /// The true coefficient: different for each place, around 1 in size.
    private func target(_ row: Int, _ column: Int) -> Double { Double((7 * row + 5 * column) % 11 - 5) / 4 + 0.05 }
}

/// A run of the regression with generated devices of different data sizes.
struct ToyFederation {
    var settings: FederationSettings
    var devices: [FederatedDevice]
    var trainer = RegressionTrainer()
    var threads = 1
    /// Error feedback, where there is a store.
    var residuals: ResidualMemory?
    var feedbackRounds = 1

    static let layout = RegressionTrainer.layout
    static let flopsPerSample = Double(6 * RegressionTrainer.inputs * RegressionTrainer.outputs)

    init(devices count: Int = 6, selected: Int? = nil, seed: UInt64 = 17, demand: ClosedRange<Double> = 1e-4...2e-3) throws {
        var generator = DeviceGenerator()
        generator.demand = .relativeError(demand)
        devices = try generator.devices(samples: (0..<count).map { 100 + 37 * $0 }, seed: seed)
        settings = FederationSettings(
            runID: 0xF00D, seed: seed, comparedSchemes: Scheme.compared, devicesPerRound: selected ?? count, localIterations: 3,
            batchSize: 8)
    }

    /// Small random initial weights.
    static func initialWeights() -> Tensor {
        var draw = CounterRandom(seed: 4, stream: .initialization).generator()
        return Tensor(
            shape: [layout.parameterCount], values: (0..<layout.parameterCount).map { _ in Float(0.1 * draw.nextNormal()) })
    }

    func server(global: Tensor = initialWeights()) throws -> FederatedServer {
        try FederatedServer(
            starting: settings, devices: devices, layout: Self.layout, global: global, warmUpFLOPsPerSample: Self.flopsPerSample,
            threads: threads)
    }

    /// One whole round, the devices answering in the order that `order` makes of the assignments.
    func runRound(
        _ server: FederatedServer, order: ([Assignment]) -> [Assignment] = { $0 },
        observe: (DeviceUpdate, DeviceUpload?) -> Void = { _, _ in }
    ) throws -> FinishedRound {
        var local = LocalDevices(
            trainer: trainer, layout: Self.layout,
            feedback: residuals.map { ErrorFeedback($0, roundsAtMost: feedbackRounds, layout: Self.layout) })
        for assignment in order(try server.begin()) { try local.answer(assignment, to: server, observe: observe) }
        return try server.finish()
    }

    /// A device's frame and report without sending them.
    func answer(_ assignment: Assignment, global: Tensor) throws -> (frame: [UInt8], training: TrainingReport) {
        let trained = Tensor(shape: [Self.layout.parameterCount])
        let training = trainer.train(from: global, assignment: assignment, into: trained)
        let update = try DeviceUpdate(assignment, trained: trained, global: global, layout: Self.layout)
        return (try update.upload().get().frame, training)
    }
}

/// The bit patterns, to compare weights to the last bit.
func bits(_ tensor: Tensor) -> [UInt32] { tensor.values.map(\.bitPattern) }
