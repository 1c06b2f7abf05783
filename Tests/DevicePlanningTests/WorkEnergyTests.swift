import DevicePlanning
import Energy
import FedRuntime
import Testing

@Suite struct WorkEnergyTests {
    /// From the table's own rows: watts over hertz, times cycles.
    @Test func anImageCostsWhatItsRowsSay() throws {
        let profile = try DeviceProfile.named("pixel-6-big")
        let rows = try #require(profile.operatingPoints).rows
        let energy = try WorkEnergy(flops: 1e10, profile: "pixel-6-big")
        let cycles = 1e10 / profile.flopsPerCycle
        let least = rows.map { $0.powerWatts / $0.frequencyHertz * cycles }.min() ?? 0
        let top = rows[rows.count - 1]
        #expect(abs(energy.cheapest.joules / least - 1) < 1e-12 && energy.energyModel == .table)
        #expect(abs(energy.fastest.joules / (top.powerWatts / top.frequencyHertz * cycles) - 1) < 1e-12)
        #expect(abs(energy.fastest.seconds / (cycles / top.frequencyHertz) - 1) < 1e-12)
        #expect(energy.cheapest.seconds > energy.fastest.seconds && energy.cheapest.joules < energy.fastest.joules)
        #expect(try WorkEnergy(flops: 1e10, profile: "raspberry-pi-4").energyModel == .paper)
        #expect(throws: DeviceError.self) { try WorkEnergy(flops: 1, profile: "toaster") }
    }
}
