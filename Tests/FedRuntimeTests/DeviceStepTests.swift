import Codec
import Energy
import FedRuntime
import Kernels
import Testing

/// The device's choice after training, where the update is not what the plan expected.
@Suite struct DeviceStepTests {
    /// A round of one device whose forecast says that 6 bits are enough, in a time budget that just suffices for `plannedBits`.
    private func surprised(timeFor bits: Int, slack: Double) throws -> (toy: ToyFederation, server: FederatedServer) {
        var toy = try ToyFederation(devices: 1, demand: 1e-9...1e-9)
        toy.settings.timeBudget = .seconds(1e3)
        let global = ToyFederation.initialWeights()
        let real = try ErrorTable(global, layout: ToyFederation.layout, quantizer: .levels(.paper)).summary
        let promising = ErrorSummary(
            squaredNorm: real.squaredNorm, expectedErrors: real.expectedErrors.map { _ in 0 }, codedBytes: real.codedBytes)
        let problem = try toy.server().begin()[0].plan.problem
        let smallest = try problem.with(payloadBits: 8 * Double(real.codedBytes(bits: bits))).smallestTimeBudgetSeconds
        let state = ServerState(
            completedRounds: 0, timeBudgetSeconds: smallest * slack, warmUpFLOPsPerSample: ToyFederation.flopsPerSample,
            forecasts: [0: DeviceForecast(summary: promising, executedFLOPsPerSample: ToyFederation.flopsPerSample)])
        let server = try FederatedServer(
            resuming: state, settings: toy.settings, devices: toy.devices, layout: ToyFederation.layout, global: global)
        return (toy, server)
    }

    @Test func moreBitsThanPlannedTakeMorePower() throws {
        let (toy, server) = try surprised(timeFor: 8, slack: 3)
        let planned = try server.begin()[0].plan
        server.abandon()
        let record = try toy.runRound(server).devices[0]
        #expect(planned.bits == 6 && record.bitsPlanned == 6 && record.bits == 8)
        #expect(record.frequencyHertz == planned.energy.frequencyHertz)
        #expect(try #require(record.powerWatts) > planned.energy.powerWatts)
        let time = try #require(record.timeComputeSeconds) + (try #require(record.timeCommunicationSeconds))
        #expect(abs(time / server.state.timeBudgetSeconds - 1) < 1e-9)
    }

    @Test func fewerBitsAreSentWhereTheDemandDoesNotFit() throws {
        let (toy, server) = try surprised(timeFor: 6, slack: 1 + 1e-9)
        let finished = try toy.runRound(server)
        let record = finished.devices[0]
        #expect(record.status == .ok && record.bits == 6 && record.demandMet == false)
        #expect(finished.record.modelUpdated)
    }

    @Test func aFrameThatCannotBeSentInTimeIsLate() throws {
        let (toy, server) = try surprised(timeFor: 6, slack: 1 + 1e-9)
        let assignment = try server.begin()[0]
        let trained = Tensor(shape: [ToyFederation.layout.parameterCount])
        let training = toy.trainer.train(from: server.global, assignment: assignment, into: trained)
        let table = try ErrorTable(trained, layout: ToyFederation.layout, quantizer: toy.settings.quantizer)
        let frame = try UpdateFrame.encode(
            trained, as: table.coding(bits: 8), binding: assignment.binding, seed: toy.settings.seed)
        let before = bits(server.global)
        let rejection = #expect(throws: Rejection.self) { try server.receive(frame, from: 0, training: training) }
        guard case .late = rejection else {
            Issue.record("\(String(describing: rejection))")
            return
        }
        let finished = try server.finish()
        #expect(finished.devices[0].status == .late && finished.devices[0].reason?.contains("time left") == true)
        #expect(bits(server.global) == before && !finished.record.modelUpdated)
    }

    @Test func recordsHoldTheContractsFields() throws {
        let toy = try ToyFederation(devices: 5)
        let server = try toy.server()
        let finished = try toy.runRound(server)
        for record in finished.devices where record.status == .ok {
            let device = toy.devices[record.device]
            let plan = try #require(record.theta) + (try #require(record.pi))
            #expect(plan <= 1 + 1e-9)
            let frequency = try #require(record.frequencyHertz)
            let cycles = try #require(record.cyclesPerSample)
            #expect(cycles == ToyFederation.flopsPerSample / device.processor.flopsPerCycle)
            // Ecmp = tau*f^2*W and Ecom = P*Tcom.
            let compute = device.processor.energyCoefficient * frequency * frequency * cycles * 24
            #expect(abs(try #require(record.energyComputeJoules) / compute - 1) < 1e-12)
            let communication = try #require(record.powerWatts) * (try #require(record.timeCommunicationSeconds))
            #expect(abs(try #require(record.energyCommunicationJoules) / communication - 1) < 1e-12)
            #expect(record.samples == device.samples && record.flopsMeasured == 24 * Int(ToyFederation.flopsPerSample))
            #expect(record.fading == BlockFading(seed: toy.settings.seed).gain(round: 1, device: record.device))
        }
        let accepted = finished.devices.filter { $0.status == .ok }
        #expect(finished.record.devicesSelected == 5 && finished.record.devicesAccepted == accepted.count && accepted.count > 1)
        let total = Double(accepted.reduce(0) { $0 + $1.samples })
        var error = 0.0
        for record in accepted {
            let share = Double(record.samples) / total
            error += share * share * (try #require(record.errorCertificate))
        }
        #expect(abs(finished.record.quantizationErrorAbsolute / error - 1) < 1e-12)
        #expect(finished.record.uploadBytes == accepted.compactMap(\.payloadBytes).reduce(0, +))
    }
}
