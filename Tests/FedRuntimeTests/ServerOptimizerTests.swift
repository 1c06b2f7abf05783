import FedRuntime
import Kernels
import TestSupport
import Testing

@Suite struct ServerOptimizerTests {
    static let withMoments: [ServerOptimizer] = [
        .fedAvgM(learningRate: 0.5, momentum: 0.8), .fedAdam(learningRate: 0.02, beta1: 0.7),
    ]

    private func toy(_ optimizer: ServerOptimizer) throws -> ToyFederation {
        var toy = try ToyFederation(devices: 5, selected: 3)
        toy.settings.aggregation.optimizer = optimizer
        return toy
    }

    /// What FedAvg makes of the server's next round: the average of the same frames.
    private func average(of toy: ToyFederation, after server: FederatedServer) throws -> [Float] {
        var plain = toy
        plain.settings.aggregation.optimizer = .fedAvg
        var state = server.state
        state.moments = ServerMoments()
        let twin = try FederatedServer(
            resuming: state, settings: plain.settings, devices: plain.devices, layout: ToyFederation.layout,
            global: Tensor(shape: server.global.shape, values: server.global.values))
        _ = try plain.runRound(twin)
        return twin.global.values
    }

    /// Runs rounds beside the update rule in Double, which `step` applies to one weight's change.
    private func expectSteps(
        _ toy: ToyFederation, firstSquare: Double, _ step: (_ change: Double, _ m: inout Double, _ v: inout Double) -> Double
    ) throws {
        let server = try toy.server()
        var m = [Double](repeating: 0, count: server.global.count)
        var v = [Double](repeating: firstSquare, count: server.global.count)
        for round in 1...4 {
            let (before, average) = (server.global.values, try average(of: toy, after: server))
            _ = try toy.runRound(server)
            var expected = before.map(Double.init)
            for index in expected.indices {
                expected[index] += step(Double(average[index]) - Double(before[index]), &m[index], &v[index])
            }
            for (index, weight) in server.global.values.enumerated() {
                #expect(abs(Double(weight) - expected[index]) <= 1e-6 * max(abs(expected[index]), 0.1), "round \(round)")
                #expect(abs(Double(server.state.moments.first[index]) - m[index]) <= 1e-6 * max(abs(m[index]), 0.01))
            }
            #expect(relativeError(server.global.values, average) > 1e-2, "round \(round) is FedAvg's")
        }
    }

    @Test func fedAvgMIsItsRule() throws {
        try expectSteps(toy(.fedAvgM(learningRate: 0.5, momentum: 0.8)), firstSquare: 0) { change, m, _ in
            m = 0.8 * m + change
            return 0.5 * m
        }
    }

    @Test func fedAdamIsItsRule() throws {
        try expectSteps(toy(.fedAdam(learningRate: 0.02, beta1: 0.7)), firstSquare: 1e-6) { change, m, v in
            m = 0.7 * m + 0.3 * change
            v = 0.99 * v + 0.01 * change * change
            return 0.02 * m / (v.squareRoot() + 1e-3)
        }
    }

    @Test func momentumZeroAtRateOneIsFedAvg() throws {
        let toy = try toy(.fedAvgM(learningRate: 1, momentum: 0))
        let server = try toy.server()
        for _ in 0..<3 {
            let average = try average(of: toy, after: server)
            _ = try toy.runRound(server)
            #expect(isClose(server.global.values, average, tolerance: 1e-7))
        }
    }

    @Test func fedAvgKeepsNothing() throws {
        let toy = try toy(.fedAvg)
        let server = try toy.server()
        _ = try toy.runRound(server)
        #expect(server.state.moments == ServerMoments())
    }

    @Test(arguments: withMoments) func aResumedRunGivesTheSameBits(optimizer: ServerOptimizer) throws {
        let toy = try toy(optimizer)
        let whole = try toy.server()
        for _ in 0..<5 { _ = try toy.runRound(whole) }
        let first = try toy.server()
        for _ in 0..<2 { _ = try toy.runRound(first) }
        func resumed(_ state: ServerState) throws -> FederatedServer {
            let server = try FederatedServer(
                resuming: state, settings: toy.settings, devices: toy.devices, layout: ToyFederation.layout,
                global: Tensor(shape: first.global.shape, values: first.global.values), threads: 2)
            for _ in 0..<3 { _ = try toy.runRound(server) }
            return server
        }
        let server = try resumed(first.state)
        #expect(bits(server.global) == bits(whole.global))
        #expect(server.state == whole.state)
        var forgetful = first.state
        forgetful.moments.first = [Float](repeating: 0, count: forgetful.moments.first.count)
        #expect(try bits(resumed(forgetful).global) != bits(whole.global), "the moments decide nothing")
    }

    @Test(arguments: withMoments) func anyOrderOfArrivalAndThreadsGiveTheSameBits(optimizer: ServerOptimizer) throws {
        var toy = try toy(optimizer)
        let server = try toy.server()
        for _ in 0..<3 { _ = try toy.runRound(server) }
        toy.threads = 2
        let other = try toy.server()
        for _ in 0..<3 { _ = try toy.runRound(other) { $0.reversed() } }
        #expect(bits(other.global) == bits(server.global))
        #expect(other.state == server.state)
    }

    @Test(arguments: withMoments) func aRoundWithoutFramesMovesNothing(optimizer: ServerOptimizer) throws {
        let toy = try toy(optimizer)
        let server = try toy.server()
        _ = try toy.runRound(server)
        let (weights, moments) = (bits(server.global), server.state.moments)
        #expect(moments.first.contains { $0 != 0 })
        _ = try server.begin()
        _ = try server.finish()
        #expect(bits(server.global) == weights && server.state.moments == moments)
    }

    @Test func momentsOfAnotherOptimiserAreRefused() throws {
        let count = ToyFederation.layout.parameterCount
        var state = try toy(.fedAvg).server().state
        for (optimizer, expected) in zip(Self.withMoments, [[count, 0], [count, count]]) {
            let toy = try toy(optimizer)
            for found in [[0, 0], [count, count - 1], [3, 0]] {
                state.moments = ServerMoments(
                    first: [Float](repeating: 0, count: found[0]), second: [Float](repeating: 0, count: found[1]))
                #expect(throws: FederationError.momentsMismatch(found: found, expected: expected)) {
                    try FederatedServer(
                        resuming: state, settings: toy.settings, devices: toy.devices, layout: ToyFederation.layout,
                        global: ToyFederation.initialWeights())
                }
            }
        }
    }

    @Test(arguments: [
        (ServerOptimizer.fedAvgM(learningRate: 0, momentum: 0.9), "server learning rate 0.0 is not above 0"),
        (.fedAvgM(learningRate: 1, momentum: 1), "server momentum 1.0 is not from 0 to below 1"),
        (.fedAdam(learningRate: .infinity, beta1: 0.9), "server learning rate inf"),
        (.fedAdam(learningRate: 1, beta1: -0.1), "server momentum -0.1"),
    ])
    func constantsOutOfRangeAreRefused(optimizer: ServerOptimizer, part: String) throws {
        let toy = try toy(optimizer)
        let error = #expect(throws: FederationError.self) { try toy.server() }
        #expect("\(error.map { "\($0)" } ?? "")".contains(part))
    }
}
