import Codec
import Energy
import FedRuntime
import Kernels
import Testing

@Suite struct PlanningTests {
    private let parameters = ToyFederation.layout.parameterCount

    private func summary(_ weights: Tensor) throws -> ErrorSummary {
        try ErrorTable(weights, layout: ToyFederation.layout, quantizer: .levels(.paper)).summary
    }

    @Test func theFirstRoundPlansWithTheGlobalModelsTable() throws {
        let toy = try ToyFederation()
        let server = try toy.server()
        let expected = try summary(ToyFederation.initialWeights())
        for assignment in try server.begin() {
            #expect(
                assignment.forecast == DeviceForecast(summary: expected, executedFLOPsPerSample: ToyFederation.flopsPerSample))
            let device = assignment.device
            #expect(
                assignment.plan.bits == expected.smallestBits(accepted: 6...8, demand: try #require(device.demand.error)) ?? 8)
            #expect(assignment.plan.problem.payloadBits == 8 * Double(expected.codedBytes(bits: assignment.plan.bits)))
            let cycles = ToyFederation.flopsPerSample / device.processor.flopsPerCycle
            #expect(assignment.plan.problem.compute.workCycles == cycles * 24)
            #expect(assignment.plan.energy == EnergySolver.fast.solve(assignment.plan.problem).plan)
        }
    }

    @Test func thePapersWorkloadIsTheSameForEveryDevice() throws {
        var toy = try ToyFederation()
        toy.settings.workload = .paper
        for assignment in try toy.server().begin() {
            #expect(assignment.plan.problem.compute.workCycles == 24 * 3.25e6)
        }
    }

    @Test func laterRoundsPlanWithEachDevicesLastTable() throws {
        var toy = try ToyFederation()
        toy.settings.timeBudget = .seconds(1e3)
        let server = try toy.server()
        var sent: [Int: ErrorSummary] = [:]
        for _ in 0..<2 {
            _ = try toy.runRound(server, observe: { update, _ in sent[update.assignment.device.id] = update.table.summary })
        }
        for assignment in try server.begin() {
            #expect(assignment.forecast.summary == sent[assignment.device.id])
            #expect(assignment.forecast.executedFLOPsPerSample == ToyFederation.flopsPerSample)
        }
    }

    @Test func moreDemandMeansMoreBits() throws {
        var widths: [Int] = []
        for demand in [1e-1, 2e-3, 1e-3, 5e-4, 2e-4, 1e-4, 5e-5, 1e-9] {
            var toy = try ToyFederation(devices: 1, demand: demand...demand)
            toy.settings.timeBudget = .seconds(1e3)
            widths.append(try #require(try toy.runRound(toy.server()).devices[0].bits))
        }
        #expect(widths == widths.sorted())
        #expect(Set(widths) == [6, 7, 8])
    }

    @Test func anUnmetDemandIsSaid() throws {
        var toy = try ToyFederation(devices: 3, demand: 1e-9...1e-9)
        toy.settings.timeBudget = .seconds(1e3)
        for record in try toy.runRound(toy.server()).devices {
            let (certificate, demand) = (try #require(record.errorCertificate), try #require(record.errorDemand))
            #expect(record.status == .ok && record.bits == 8 && record.demandMet == false)
            #expect(certificate > demand)
        }
        toy = try ToyFederation(devices: 3, demand: 1e-1...1e-1)
        toy.settings.timeBudget = .seconds(1e3)
        for record in try toy.runRound(toy.server()).devices { #expect(record.bits == 6 && record.demandMet == true) }
    }

    @Test func absoluteDemandsAreTakenAsTheyAre() throws {
        var toy = try ToyFederation(devices: 1)
        let device = toy.devices[0]
        let table = try summary(ToyFederation.initialWeights())
        let demand = table.expectedError(bits: 7)
        toy.devices = [
            try FederatedDevice(
                id: 0, profile: "given", samples: 10, processor: device.processor, radio: device.radio,
                demand: .absolute(demand), acceptedBits: 2...8)
        ]
        toy.settings.timeBudget = .seconds(1e3)
        let server = try toy.server()
        #expect(try server.begin()[0].plan.bits == 7)
        server.abandon()
        #expect(try toy.runRound(server).devices[0].errorDemand == demand)
    }

    /// `L* = sqrt(||w||^2/(2 epsilon ||w||^2)) = sqrt(1/(2 epsilon))`: 31 levels (6 bits) at 1/(2*31^2), 63 at 1/(2*63^2).
    @Test func theorem1ChoosesBitsByItsOwnBound() throws {
        for (levels, expected) in [(30.5, 6), (31.5, 7), (62.5, 7), (63.5, 8), (126.5, 8), (500, 8)] {
            let demand = 1 / (2 * levels * levels)
            var toy = try ToyFederation(devices: 1, demand: demand...demand)
            toy.settings.rule = .theorem1
            toy.settings.timeBudget = .seconds(1e3)
            let server = try toy.server()
            let record = try toy.runRound(server).devices[0]
            #expect(record.bitsPlanned == expected && record.bits == expected, "L* = \(levels)")
            #expect(record.demandMet == (try #require(record.errorCertificate) <= (try #require(record.errorDemand))))
        }
    }

    @Test func automaticBudgetIsOneAndAHalfTimesTheSmallest() throws {
        for scheme in [Scheme.onDemand, .fixed(bits: 7), .fedAvg] {
            var toy = try ToyFederation()
            toy.settings.scheme = scheme
            toy.settings.comparedSchemes = []
            let budget = try toy.server().state.timeBudgetSeconds
            let table = try summary(ToyFederation.initialWeights())
            let smallest = try toy.devices.map { device in
                let bits = table.smallestBits(accepted: 6...8, demand: try #require(device.demand.error)) ?? 8
                let bytes =
                    switch scheme {
                    case .onDemand, .onDemandSystem, .onDemandEvenSplit: table.codedBytes(bits: bits)
                    case .fixed(let bits), .fixedOptimalSplit(let bits): table.codedBytes(bits: bits)
                    case .fedAvg, .fedAvgOptimalSplit: try Quantizer.levels(.paper).exactFrameBytes(ToyFederation.layout)
                    }
                let compute =
                    24 * ToyFederation.flopsPerSample / device.processor.flopsPerCycle / device.processor.frequencyMaxHertz
                let sending = 8 * Double(bytes) / device.radio.bitsPerSecond(powerWatts: device.radio.powerMaxWatts)
                return scheme == .onDemand ? compute + sending : 2 * max(compute, sending)
            }.max()
            #expect(abs(budget / (1.5 * (try #require(smallest))) - 1) < 1e-12)
        }
    }

    @Test func comparedSchemesFitIntoTheAutomaticBudgetToo() throws {
        var toy = try ToyFederation()
        let shared = try toy.server().state.timeBudgetSeconds
        for scheme in Scheme.compared {
            toy.settings.scheme = scheme
            #expect(try toy.server().state.timeBudgetSeconds == shared)
        }
    }

    @Test func aTooWeakDeviceIsInfeasibleWithTheReason() throws {
        var toy = try ToyFederation(devices: 4)
        toy.settings.timeBudget = .seconds(1e-8)
        let server = try toy.server()
        #expect(try server.begin().isEmpty)
        let finished = try server.finish()
        #expect(!finished.record.modelUpdated && finished.record.downloadBytes == 0)
        for record in finished.devices {
            #expect(record.status == .infeasible && record.theta == nil && record.energyTotalJoules == nil)
            #expect(try #require(record.reason).contains("time budget of at least"))
        }
    }

    @Test func anInfeasibleEvenSplitIsNamed() throws {
        var toy = try ToyFederation(devices: 3)
        let needed = try toy.server().state.timeBudgetSeconds
        toy.settings.scheme = .fedAvg
        toy.settings.timeBudget = .seconds(needed / 1000)
        let server = try toy.server()
        _ = try server.begin()
        for record in try server.finish().devices {
            #expect(record.status == .infeasible)
            #expect(try #require(record.reason).contains("even split"))
        }
    }

    @Test func settingsOutOfRangeAreRefused() throws {
        let good = try ToyFederation()
        func expect(_ error: FederationError, _ change: (inout ToyFederation) -> Void) {
            var toy = good
            change(&toy)
            #expect(throws: error) { try toy.server() }
        }
        expect(.runIDIsZero) { $0.settings.runID = 0 }
        expect(.device(.selectionOutOfRange(count: 0, devices: 6))) { $0.settings.devicesPerRound = 0 }
        expect(.device(.selectionOutOfRange(count: 7, devices: 6))) { $0.settings.devicesPerRound = 7 }
        expect(.device(.selectionOutOfRange(count: 6, devices: 0))) { $0.devices = [] }
        expect(.device(.duplicateID(0))) { $0.devices[1] = $0.devices[0] }
        expect(.bitsOutOfRange(9)) { $0.settings.scheme = .fixed(bits: 9) }
        expect(.timeBudgetOutOfRange(0)) { $0.settings.timeBudget = .seconds(0) }
        expect(.timeBudgetOutOfRange(-.infinity)) { $0.settings.timeBudget = .seconds(-.infinity) }
        expect(.notPositive(field: "batch size", value: 0)) { $0.settings.batchSize = 0 }
        expect(.notPositive(field: "local iterations", value: -1)) { $0.settings.localIterations = -1 }
        for round in [-1, Int.max] {
            let state = ServerState(completedRounds: round, timeBudgetSeconds: 1, warmUpFLOPsPerSample: 1, forecasts: [:])
            #expect(throws: FederationError.roundOutOfRange(round)) {
                try FederatedServer(
                    resuming: state, settings: good.settings, devices: good.devices, layout: ToyFederation.layout,
                    global: ToyFederation.initialWeights())
            }
        }
        let broken = ToyFederation.initialWeights()
        broken[5] = .nan
        #expect(throws: FederationError.self) { try good.server(global: broken) }
    }
}
