import Codec
import FedRuntime
import Kernels
import TestSupport
import Testing

@Suite struct AggregationTests {
    static let rules: [AggregationRule] = [.mean, .trimmedMean(fraction: 0.25), .median]

    /// The round's frames with their reports, by the assignments' order.
    private func answers(
        _ toy: ToyFederation, _ server: FederatedServer
    ) throws -> [(device: Int, frame: [UInt8], training: TrainingReport)] {
        try server.begin().map { assignment in
            let answer = try toy.answer(assignment, global: server.global)
            return (assignment.device.id, answer.frame, answer.training)
        }
    }

    /// All rules, payloads and optimisers: rounds that build on each other, on one thread in order and on two in others.
    @Test(arguments: rules, PayloadKind.allCases) func anyOrderOfArrivalGivesTheSameBits(
        rule: AggregationRule, payload: PayloadKind
    ) throws {
        var generator = CounterRandom(seed: 5, stream: .selection).generator()
        var results: [[UInt32]] = []
        for optimizer in [ServerOptimizer.fedAvg] + ServerOptimizerTests.withMoments {
            var toy = try ToyFederation(devices: 7)
            toy.settings.payload = payload
            toy.settings.aggregation = AggregationSettings(normBound: 1e3, rule: rule, optimizer: optimizer)
            let server = try toy.server()
            let rounds = try (0..<3).map { _ in try toy.runRound(server) }
            #expect(rounds.allSatisfy { $0.record.devicesAccepted == 7 })
            toy.threads = 2
            for _ in 0..<3 {
                let other = try toy.server()
                #expect(try (0..<3).map { _ in try toy.runRound(other) { $0.shuffled(using: &generator) } } == rounds)
                #expect(bits(other.global) == bits(server.global))
                #expect(other.state == server.state)
            }
            results.append(bits(server.global))
        }
        #expect(Set(results).count == 3, "optimisers that give the same weights prove nothing")
    }

    @Test(arguments: PayloadKind.allCases) func theMedianIsThatOfTheDecodedFrames(payload: PayloadKind) throws {
        var toy = try ToyFederation(devices: 6)
        toy.settings.payload = payload
        toy.settings.aggregation.rule = .median
        let server = try toy.server()
        let before = server.global.values
        let rows = try answers(toy, server).map { answer in
            try server.receive(answer.frame, from: answer.device, training: answer.training)
            let values = Tensor(shape: [before.count])
            try UpdateFrame(answer.frame).decode(into: values)
            return values.values
        }
        _ = try server.finish()
        for index in before.indices {
            let sorted = rows.map { Double($0[index]) }.sorted()
            let median = (sorted[2] + sorted[3]) / 2 + (payload == .change ? Double(before[index]) : 0)
            #expect(server.global[index] == Float(median))
        }
    }

    /// Two of seven devices send their change the other way round and eight times as long: the mean follows them, the others hardly.
    @Test func aHostileMinorityMovesTheMeanAlone() throws {
        var distances: [Double] = []
        for rule in Self.rules {
            var toy = try ToyFederation(devices: 7)
            let honest = try toy.server()
            _ = try toy.runRound(honest)
            toy.settings.aggregation.rule = rule
            let server = try toy.server()
            let start = server.global.values
            for assignment in try server.begin() {
                let trained = Tensor(shape: [start.count])
                let training = toy.trainer.train(from: server.global, assignment: assignment, into: trained)
                if [1, 4].contains(assignment.device.id) {
                    for index in start.indices { trained[index] = start[index] - 8 * (trained[index] - start[index]) }
                }
                let update = try DeviceUpdate(
                    assignment, trained: trained, global: server.global, layout: ToyFederation.layout)
                try server.receive(
                    try update.upload().get().frame, from: assignment.device.id, training: training)
            }
            _ = try server.finish()
            distances.append(relativeError(server.global.values, honest.global.values))
        }
        #expect(distances[0] > 1 && distances[1] < 0.3 * distances[0] && distances[2] < 0.3 * distances[0], "\(distances)")
    }

    /// A thousand devices, whose frames come in three orders.
    @Test(arguments: rules) func aThousandDevicesInAnyOrderGiveTheSameBits(rule: AggregationRule) throws {
        var toy = try ToyFederation(devices: 1000)
        toy.settings.localIterations = 1
        toy.settings.batchSize = 2
        toy.settings.aggregation.rule = rule
        let servers = try (0..<3).map { _ in try toy.server() }
        let frames = try answers(toy, servers[0])
        for server in servers[1...] { _ = try server.begin() }
        var generator = CounterRandom(seed: 6, stream: .selection).generator()
        let orders = [frames, frames.reversed(), frames.shuffled(using: &generator)]
        let finished = try zip(servers, orders).map { server, order in
            for answer in order { try server.receive(answer.frame, from: answer.device, training: answer.training) }
            return try server.finish()
        }
        #expect(finished[0].record.devicesAccepted == frames.count && frames.count > 900)
        for index in 1..<3 {
            #expect(finished[index] == finished[0])
            #expect(bits(servers[index].global) == bits(servers[0].global))
        }
    }

    @Test func moreValuesThanMemoryIsMeantForAreRefused() throws {
        var generator = DeviceGenerator()
        generator.profiles = [.phone]
        let devices = try generator.devices(samples: [Int](repeating: 10, count: 10_000), seed: 1)
        let state = ServerState(completedRounds: 0, timeBudgetSeconds: 60, warmUpFLOPsPerSample: 1e6, forecasts: [:])
        var settings = FederationSettings(runID: 1, seed: 1, devicesPerRound: 10_000, batchSize: 1)
        func server(parameters: Int) throws -> FederatedServer {
            let layout = ParameterLayout([("w", [parameters]), ("b", [10])])
            return try FederatedServer(
                resuming: state, settings: settings, devices: devices, layout: layout,
                global: Tensor(shape: [layout.parameterCount]))
        }
        // 10,000 devices x 4 bytes x 53,687 values is just below 2 GiB.
        for rule in [AggregationRule.trimmedMean(fraction: 0.1), .median] {
            settings.aggregation.rule = rule
            _ = try server(parameters: 53_687)
            let error = #expect(throws: FederationError.self) { try server(parameters: 53_688) }
            #expect(error == .tooMuchToSort(devices: 10_000, bytesPerDevice: 4 * 53_688, limit: 1 << 31))
            let message = "\(error.map { "\($0)" } ?? "")"
            #expect(message.contains("at most 9999 devices") && message.contains("aggregation mean"))
        }
        settings.aggregation.rule = .mean
        _ = try server(parameters: 53_688)
    }

    @Test(arguments: [0, -0.1, 0.51, Double.nan]) func sharesOutOfRangeAreRefused(fraction: Double) throws {
        var toy = try ToyFederation()
        toy.settings.aggregation.rule = .trimmedMean(fraction: fraction)
        let error = #expect(throws: FederationError.self) { try toy.server() }
        #expect("\(error.map { "\($0)" } ?? "")".contains("trim fraction \(fraction) is not above 0 and at most 0.5"))
    }
}
