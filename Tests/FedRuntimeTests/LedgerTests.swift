import FedRuntime
import Records
import Testing

@Suite struct LedgerTests {
    /// A round of devices that take 2 W idle and 0.3 W to receive.
    private func round(_ change: (inout ToyFederation) -> Void = { _ in }) throws -> (FinishedRound, ToyFederation) {
        var toy = try ToyFederation()
        toy.devices = try toy.devices.map { try $0.drawing(idlePowerWatts: 2, receiverPowerWatts: 0.3) }
        change(&toy)
        return (try toy.runRound(toy.server()), toy)
    }

    @Test func everyPartIsWhatItsFormulaSays() throws {
        let (finished, _) = try round { toy in
            toy.settings.ledger = LedgerSettings(downlinkBitsPerSecond: 1e4, gridGramsPerKilowattHour: 400)
        }
        for record in finished.devices {
            let download = 0.3 * (8 * Double(4 * ToyFederation.layout.parameterCount) / 1e4)
            #expect(record.energyDownloadJoules == download)
            let budget = try #require(record.timeBudgetSeconds)
            let used = (try #require(record.timeComputeSeconds), try #require(record.timeCommunicationSeconds))
            let idle = 2 * max(0, budget - used.0 - used.1)
            #expect(record.energyIdleJoules == idle)
            let system = try #require(record.energyTotalJoules) + download + idle
            #expect(record.energySystemJoules == system && record.co2Grams == 400 * system / 3.6e6)
        }
    }

    @Test func roundsAreTheSumsOfTheirDevicesToTheLastBit() throws {
        let (finished, _) = try round { $0.settings.ledger.gridGramsPerKilowattHour = 481 }
        func sum(_ field: (DeviceRecord) -> Double?) -> Double { finished.devices.reduce(0) { $0 + (field($1) ?? 0) } }
        let record = finished.record
        #expect(record.energyComputeJoules == sum(\.energyComputeJoules))
        #expect(record.energyCommunicationJoules == sum(\.energyCommunicationJoules))
        #expect(record.energyTotalJoules == sum(\.energyTotalJoules) && record.energyTotalJoules > 0)
        #expect(record.energyDownloadJoules == sum(\.energyDownloadJoules) && sum(\.energyDownloadJoules) > 0)
        #expect(record.energyIdleJoules == sum(\.energyIdleJoules))
        #expect(record.energySystemJoules == sum(\.energySystemJoules) && record.co2Grams == sum(\.co2Grams))
    }

    /// The time for receiving is part of T where plans count it, and waiting is less by it.
    @Test func aPlannedDownlinkTakesItsTimeFromTheBudget() throws {
        let (finished, toy) = try round { toy in
            toy.settings.ledger = LedgerSettings(downlinkBitsPerSecond: 1e3)
            (toy.settings.plansDownlink, toy.settings.timeBudget) = (true, .seconds(1e3))
        }
        let receiving = 8 * Double(4 * ToyFederation.layout.parameterCount) / 1e3
        for record in finished.devices {
            let used = try #require(record.timeComputeSeconds) + #require(record.timeCommunicationSeconds)
            #expect(record.timeDownloadSeconds == receiving && record.timeBudgetSeconds == 1e3)
            #expect(abs(try #require(record.energyIdleJoules) - 2 * max(0, 1e3 - receiving - used)) < 1e-9)
            #expect(used <= (1e3 - receiving) * (1 + 1e-12))
        }
        let longest = try finished.devices.map { try #require($0.timeComputeSeconds) + #require($0.timeCommunicationSeconds) }
            .max()
        #expect(abs(finished.record.roundTimeSeconds - receiving - (try #require(longest))) < 1e-9)
        var (planned, apart) = (toy, toy)
        (planned.settings.timeBudget, apart.settings.timeBudget) = (.automatic, .automatic)
        apart.settings.plansDownlink = false
        let difference = try planned.server().state.timeBudgetSeconds - apart.server().state.timeBudgetSeconds
        #expect(abs(difference - 1.5 * receiving) < 1e-9)
    }

    @Test func withoutPowersTheWholeIsTrainingAndSending() throws {
        let toy = try ToyFederation()
        let finished = try toy.runRound(toy.server())
        #expect(finished.record.energySystemJoules == finished.record.energyTotalJoules)
        #expect(finished.record.co2Grams == nil && finished.devices.allSatisfy { $0.co2Grams == nil })
    }

    @Test func aDeviceThatDropsOutHasReceivedAndWaited() throws {
        let (finished, _) = try round { toy in
            toy.settings.timeBudget = .seconds(1e3)
            toy.trainer.diverging = [2]
        }
        let dropped = try #require(finished.devices.first { $0.device == 2 })
        #expect(dropped.status == .dropped && dropped.energyDownloadJoules ?? 0 > 0)
        #expect(dropped.energyIdleJoules == 2 * (1e3 - (try #require(dropped.timeComputeSeconds))))
    }

    @Test func aSilentDeviceHasOnlyReceived() throws {
        var toy = try ToyFederation(devices: 1)
        toy.devices = try toy.devices.map { try $0.drawing(idlePowerWatts: 2, receiverPowerWatts: 0.3) }
        let server = try toy.server()
        _ = try server.begin()
        let record = try server.finish().devices[0]
        #expect(record.status == .dropped && record.energyIdleJoules == nil)
        #expect(record.energySystemJoules == record.energyDownloadJoules && record.energyDownloadJoules ?? 0 > 0)
    }

    @Test func settingsOutOfRangeAreRefused() throws {
        var toy = try ToyFederation()
        toy.settings.ledger.downlinkBitsPerSecond = 0
        #expect(throws: FederationError.ledger(field: "downlink rate", value: 0, limit: "above 0")) { try toy.server() }
        toy.settings.ledger = LedgerSettings(gridGramsPerKilowattHour: -1)
        #expect(throws: FederationError.ledger(field: "grid intensity", value: -1, limit: "at least 0")) { try toy.server() }
        #expect(throws: DeviceError.powerOutOfRange(device: 0, field: "idle_power_w", watts: -1)) {
            try toy.devices[0].drawing(idlePowerWatts: -1, receiverPowerWatts: nil)
        }
    }
}
