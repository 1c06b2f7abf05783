import Codec
import Energy
import FedRuntime
import Kernels
import Testing

@Suite struct DeviceGeneratorTests {
    @Test func equalSeedsGiveEqualDevicesHoweverMany() throws {
        let generator = DeviceGenerator()
        let ten = try generator.devices(samples: Array(repeating: 512, count: 10), seed: 7)
        let three = try generator.devices(samples: Array(repeating: 512, count: 3), seed: 7)
        #expect(Array(ten[..<3]) == three)
        let other = try generator.devices(samples: Array(repeating: 512, count: 10), seed: 8)
        #expect(zip(ten, other).allSatisfy { $0 != $1 })
    }

    @Test func devicesDifferAndStayInTheirProfilesRanges() throws {
        let devices = try DeviceGenerator().devices(samples: Array(repeating: 100, count: 400), seed: 1)
        #expect(Set(devices.map(\.profile)) == Set(DeviceProfile.heterogeneous.map(\.name)))
        #expect(Set(devices.map(\.radio.distanceMetres)).count == devices.count)
        for device in devices {
            let profile = try DeviceProfile.named(device.profile)
            #expect(profile.distanceMetres.contains(device.radio.distanceMetres))
            #expect(profile.bandwidthHertz.contains(device.radio.bandwidthHertz))
            #expect(device.processor.frequencyMaxHertz <= profile.frequencyMaxHertz * (1 + profile.variation))
            #expect(device.processor.frequencyMaxHertz >= profile.frequencyMaxHertz * (1 - profile.variation))
        }
    }

    @Test func demandsAreLogUniform() throws {
        let devices = try DeviceGenerator().devices(samples: Array(repeating: 1, count: 2000), seed: 3)
        let demands = devices.map { $0.demand.error?.absolute(squaredNorm: 1) ?? .nan }
        #expect(demands.allSatisfy { (1e-4...2e-3).contains($0) })
        // Half of them below the geometric mean: within 5 standard deviations of a binomial, 5 * sqrt(2000)/2 = 112.
        let below = demands.count { $0 < (1e-4 * 2e-3).squareRoot() }
        #expect(abs(below - 1000) < 112)
    }

    @Test func anotherDemandRangeLeavesTheDevicesAsTheyAre() throws {
        var generator = DeviceGenerator()
        let first = try generator.device(id: 4, samples: 10, seed: 5)
        generator.demand = .relativeError(1e-2...1e-2)
        let second = try generator.device(id: 4, samples: 10, seed: 5)
        #expect(second.radio == first.radio && second.processor == first.processor)
        #expect(abs((second.demand.error?.absolute(squaredNorm: 1) ?? 0) - 1e-2) < 1e-14)
    }

    @Test func thePapersProfileIsThePapersDevice() throws {
        var generator = DeviceGenerator()
        generator.profiles = [.paper]
        let device = try generator.device(id: 0, samples: 5000, seed: 1)
        #expect(device.radio == (try RadioModel()))
        #expect(abs(device.processor.energyCoefficient / 1e-26 - 1) < 1e-15)
        #expect(device.processor.frequencyMinHertz == 1e7 && device.processor.frequencyMaxHertz == 1e9)
    }

    @Test func badDescriptionsAreRefusedWithTheValue() throws {
        #expect(throws: DeviceError.samplesOutOfRange(device: 2, samples: 0)) {
            try DeviceGenerator().device(id: 2, samples: 0, seed: 1)
        }
        #expect(throws: DeviceError.unknownProfile("fridge", known: DeviceProfile.all.map(\.name))) {
            try DeviceProfile.named("fridge")
        }
        var generator = DeviceGenerator()
        generator.acceptedBits = 6...9
        #expect(throws: DeviceError.bitsOutOfRange(device: 0, bits: 6...9)) {
            try generator.device(id: 0, samples: 1, seed: 1)
        }
        generator = DeviceGenerator()
        generator.demand = .relativeError(0...0)
        #expect(throws: DeviceError.self) { try generator.device(id: 0, samples: 1, seed: 1) }
        #expect("\(DeviceError.unknownProfile("fridge", known: ["phone", "raspberry-pi"]))".contains("raspberry-pi"))
        #expect(throws: EnergyInputError.self) {
            try Processor(frequencyMinHertz: 1e8, frequencyMaxHertz: 1e9, power: .law(coefficient: 1e-27), flopsPerCycle: 0)
        }
    }
}

@Suite struct FadingAndSelectionTests {
    @Test func fadingHasMeanOneAndTheExponentialsTail() {
        let fading = BlockFading(seed: 11)
        let gains = (1...200).flatMap { round in (0..<50).map { fading.gain(round: round, device: $0) } }
        #expect(gains.allSatisfy { $0 > 0 && $0.isFinite })
        // Mean of n = 10,000 unit exponentials: standard deviation 0.01.
        #expect(abs(gains.reduce(0, +) / Double(gains.count) - 1) < 0.05)
        // P(gain < 0.1) = 1 - exp(-0.1) = 0.0952; standard deviation of the count 29.
        #expect(abs(gains.count { $0 < 0.1 } - 952) < 147)
    }

    @Test func fadingIsRedrawnAndRepeatable() {
        let fading = BlockFading(seed: 2)
        #expect(fading.gain(round: 3, device: 4) == BlockFading(seed: 2).gain(round: 3, device: 4))
        #expect(fading.gain(round: 3, device: 4) != fading.gain(round: 4, device: 4))
        #expect(fading.gain(round: 3, device: 4) != fading.gain(round: 3, device: 5))
        #expect(fading.gain(round: 3, device: 4) != BlockFading(seed: 3).gain(round: 3, device: 4))
    }

    @Test func selectionDrawsDistinctDevicesEquallyOften() {
        let selection = DeviceSelection(seed: 5, count: 3)
        var times = Array(repeating: 0, count: 10)
        for round in 1...2000 {
            let indices = selection.indices(round: round, deviceCount: 10)
            #expect(indices == Set(indices).sorted() && indices.count == 3)
            for index in indices { times[index] += 1 }
        }
        // Binomial(2000, 0.3): mean 600, standard deviation 20.5.
        #expect(times.allSatisfy { abs($0 - 600) < 103 })
    }

    @Test func allDevicesAreSelectedWhereThereAreNoMore() {
        #expect(DeviceSelection(seed: 1, count: 4).indices(round: 9, deviceCount: 4) == [0, 1, 2, 3])
        #expect(DeviceSelection(seed: 1, count: 9).indices(round: 9, deviceCount: 2) == [0, 1])
    }
}
