import Codec
import FedRuntime
import Kernels
import TestSupport
import Testing

/// Residuals in memory; copies share them.
final class ResidualMemory: ResidualStore {
    private(set) var rounds: [Int: [(round: Int, values: [Float])]] = [:]

    func load(device: Int, before round: Int, into residual: Tensor) -> Int? {
        guard let last = rounds[device]?.last(where: { $0.round < round }) else { return nil }
        for (index, value) in last.values.enumerated() { residual[index] = value }
        return last.round
    }

    func save(_ residual: Tensor, assignment: Assignment) {
        rounds[assignment.device.id, default: []].append((assignment.round, residual.values))
    }
}

@Suite struct ErrorFeedbackTests {
    private func toy(_ grid: QuantizationGrid = .paper, devices: Int = 3, selected: Int? = nil) throws -> ToyFederation {
        var toy = try ToyFederation(devices: devices, selected: selected, demand: 0.02...0.02)
        toy.settings.payload = .change
        toy.settings.quantizer = grid.quantizer
        toy.settings.timeBudget = .seconds(1e3)
        toy.devices = try toy.devices.map {
            try FederatedDevice(
                id: $0.id, profile: $0.profile, samples: $0.samples, processor: $0.processor, radio: $0.radio, demand: $0.demand,
                acceptedBits: 3...8)
        }
        toy.residuals = ResidualMemory()
        return toy
    }

    @Test(arguments: QuantizationGrid.allCases)
    func whatIsSentAndWhatIsKeptAreTheChanges(grid: QuantizationGrid) throws {
        let toy = try toy(grid)
        let memory = try #require(toy.residuals)
        let server = try toy.server()
        let trained = Tensor(shape: [ToyFederation.layout.parameterCount])
        var changes = [[Double]](repeating: [Double](repeating: 0, count: trained.count), count: 3)
        var sent = changes
        var finished: FinishedRound?
        for round in 1...6 {
            var updates: [DeviceUpdate] = []
            var local = LocalDevices(
                trainer: toy.trainer, layout: ToyFederation.layout,
                feedback: ErrorFeedback(memory, roundsAtMost: 1, layout: ToyFederation.layout))
            for assignment in try server.begin() {
                _ = toy.trainer.train(from: server.global, assignment: assignment, into: trained)
                for index in 0..<trained.count {
                    changes[assignment.device.id][index] += Double(trained[index] - server.global[index])
                }
                try local.answer(assignment, to: server) { update, upload in
                    updates.append(update)
                    guard let upload, let frame = try? UpdateFrame(upload.frame) else { return }
                    let values = Tensor(shape: [trained.count])
                    frame.decode(into: values)
                    for index in 0..<values.count { sent[assignment.device.id][index] += Double(values[index]) }
                }
            }
            finished = try server.finish()
            #expect(updates.count == 3)
            #expect(
                finished?.devices.allSatisfy { $0.status == .ok && $0.feedbackRound == (round == 1 ? nil : round - 1) } == true)
        }
        for device in 0..<3 {
            let kept = try #require(memory.rounds[device]?.last)
            #expect(kept.round == 6 && kept.values.contains { $0 != 0 })
            let total = zip(sent[device], kept.values).map { Float($0 + Double($1)) }
            #expect(isClose(total, changes[device].map { Float($0) }, tolerance: 1e-5))
            let squaredNorm = kept.values.reduce(0) { $0 + Double($1) * Double($1) }
            let certificate = try #require(finished?.devices[device].errorCertificate)
            #expect(squaredNorm < 3 * certificate, "one round's error, not six")
        }
    }

    @Test func aDeviceThatMissedRoundsStartsAfresh() throws {
        for (limit, expected) in [(1, nil), (2, nil), (3, 1)] as [(Int, Int?)] {
            var toy = try toy(devices: 1)
            toy.feedbackRounds = limit
            let server = try toy.server()
            _ = try toy.runRound(server)
            for _ in 0..<2 {
                let assignment = try server.begin()[0]
                try server.close(device: assignment.device.id, as: .dropped, reason: "out of reach")
                _ = try server.finish()
            }
            let record = try toy.runRound(server).devices[0]
            #expect(record.round == 4 && record.feedbackRound == expected)
            #expect(toy.residuals?.rounds[0]?.map(\.round) == [1, 4])
        }
    }

    @Test func aRefusedFrameLeavesTheResidualAsItWas() throws {
        var toy = try toy(devices: 2)
        toy.settings.aggregation.normBound = 1e-9
        let server = try toy.server()
        let finished = try toy.runRound(server)
        #expect(finished.devices.allSatisfy { $0.status == .rejected } && toy.residuals?.rounds.isEmpty == true)
    }
}
