import Energy
import FedRuntime
import Testing

@Suite struct ChannelTests {
    @Test func shadowingIsNormalInDecibelsAndStaysForTheRun() {
        let shadowing = Shadowing(seed: 5, sigmaDecibels: 8)
        let drawn = (0..<4000).map { shadowing.decibels(device: $0) }
        let mean = drawn.reduce(0, +) / 4000
        let deviation = (drawn.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 3999).squareRoot()
        // Standard errors: 8/sqrt(4000) = 0.13 of the mean, 8/sqrt(8000) = 0.09 of the deviation.
        #expect(abs(mean) < 0.65 && abs(deviation - 8) < 0.45, "mean \(mean), deviation \(deviation)")
        #expect(Shadowing(seed: 5, sigmaDecibels: 8).decibels(device: 7) == drawn[7])
        #expect(Shadowing(seed: 6, sigmaDecibels: 8).decibels(device: 7) != drawn[7])
        #expect(Shadowing(seed: 5, sigmaDecibels: 4).decibels(device: 7) == drawn[7] / 2)
    }

    @Test func shadowingChangesTheMeanGainOnly() throws {
        let device = try DeviceGenerator().device(id: 3, samples: 10, seed: 1)
        let shadowed = try device.shadowed(byDecibels: -10)
        #expect(abs(shadowed.radio.channelGain / device.radio.channelGain - 0.1) < 1e-15)
        #expect(shadowed.shadowingDecibels == -10 && device.shadowingDecibels == nil)
        #expect(shadowed.processor == device.processor && shadowed.radio.distanceMetres == device.radio.distanceMetres)
        #expect(throws: DeviceError.self) { try device.shadowed(byDecibels: -1000) }
    }

    @Test func aShadowedDevicesRecordSaysSo() throws {
        var toy = try ToyFederation(devices: 2)
        toy.devices[1] = try toy.devices[1].shadowed(byDecibels: -3)
        let records = try toy.runRound(toy.server()).devices
        #expect(records.map(\.shadowingDecibels) == [nil, -3])
    }

    @Test func theAutomaticTimeBudgetKnowsShadowing() throws {
        var toy = try ToyFederation(devices: 2)
        let before = try toy.server().state.timeBudgetSeconds
        toy.devices = try toy.devices.map { try $0.shadowed(byDecibels: -30) }
        #expect(try toy.server().state.timeBudgetSeconds > before)
    }

    @Test func tracesStartAgainAfterTheirLastRound() throws {
        let trace = ChannelTrace(gains: [0: [1, 2, 3], 4: [0.5]])
        #expect((1...7).map { trace.gain(round: $0, device: 0) } == [1, 2, 3, 1, 2, 3, 1])
        #expect(trace.gain(round: 9, device: 4) == 0.5)
        #expect(trace.covers(4) && !trace.covers(1))
        var toy = try ToyFederation(devices: 2)
        toy.settings.fading = .trace(trace)
        #expect(throws: FederationError.traceWithoutDevice(1)) { try toy.server() }
    }

    @Test func withoutFadingEveryRoundsGainIsOne() {
        #expect(FadingModel.none.gain(seed: 1, round: 3, device: 2) == 1)
        #expect(FadingModel.rayleigh.gain(seed: 1, round: 3, device: 2) == BlockFading(seed: 1).gain(round: 3, device: 2))
    }

    @Test func distancesAreUniformOverTheRing() throws {
        var generator = DeviceGenerator()
        generator.distanceMetres = 30...50
        let drawn = try generator.devices(samples: Array(repeating: 1, count: 2000), seed: 2).map(\.radio.distanceMetres)
        #expect(drawn.allSatisfy { (30...50).contains($0) })
        // Half of the ring's area lies within sqrt((30^2 + 50^2)/2) = 41.23 m: 5 standard deviations of a binomial are 112.
        #expect(abs(drawn.count { $0 < (1700.0).squareRoot() } - 1000) < 112)
        generator.distanceMetres = 20...20
        #expect(try generator.device(id: 0, samples: 1, seed: 2).radio.distanceMetres == 20)
    }
}
