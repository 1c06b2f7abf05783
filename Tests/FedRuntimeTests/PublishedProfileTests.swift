import Energy
import FedRuntime
import Testing

@Suite struct PublishedProfileTests {
    @Test func namesAreUniqueAndFound() throws {
        #expect(Set(DeviceProfile.all.map(\.name)).count == DeviceProfile.all.count)
        for profile in DeviceProfile.all { #expect(try DeviceProfile.named(profile.name) == profile) }
    }

    /// `docs/devices.md`: power at the highest frequency, and operations a cycle.
    @Test(arguments: [
        ("raspberry-pi-4", 3.06, 1.5e9, 15.244), ("raspberry-pi-5", 6.5, 2.4e9, 25.2075),
        ("jetson-orin-nano", 12.82, 1.51e9, 37.811),
        ("phone-big", 6.2876, 2.362e9, 15.244), ("phone-little", 0.98175, 1.844e9, 15.244), ("laptop-x86", 28, 2.4e9, 60.393),
    ])
    func figuresAreThoseOfTheDocumentation(_ name: String, _ watts: Double, _ hertz: Double, _ flops: Double) throws {
        var generator = DeviceGenerator()
        generator.profiles = [try .named(name)]
        let processor = try generator.device(id: 0, samples: 1, seed: 3).processor
        #expect(abs(processor.frequencyMaxHertz / hertz - 1) < 1e-12)
        #expect(abs(processor.energyCoefficient * hertz * hertz * hertz / watts - 1) < 1e-4)
        #expect(abs(processor.flopsPerCycle / flops - 1) < 1e-4)
    }

    @Test func generatedDevicesKeepTheirProfilesPowers() throws {
        var generator = DeviceGenerator()
        generator.profiles = [.raspberryPi5]
        let device = try generator.device(id: 0, samples: 1, seed: 1)
        #expect(device.idlePowerWatts == 3.3 && abs(device.receiverPowerWatts - 0.27753) < 1e-12)
        generator.profiles = [.phone]
        let phone = try generator.device(id: 0, samples: 1, seed: 1)
        #expect(phone.idlePowerWatts == 0 && phone.receiverPowerWatts == 0)
    }
}
