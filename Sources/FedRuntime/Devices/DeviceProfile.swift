import Energy

/// A class of devices to draw heterogeneous devices from.
///
/// The classes here are **modelled assumptions**: round numbers of the right order for each class, chosen so that devices
/// differ as real ones do. They are not measurements of any product; `DeviceProfile.published` has products with published figures.
package struct DeviceProfile: Sendable, Equatable {
    package let name: String
    /// Below it a CPU is done early and waits.
    package let frequencyMinHertz: Double
    package let frequencyMaxHertz: Double
    /// Power of all cores together at the highest frequency, above what the idle device takes; sets
    /// `tau = fullLoadWatts/frequencyMaxHertz^3`.
    package let fullLoadWatts: Double
    /// Floating-point operations that training sustains in one cycle, all cores together.
    package let flopsPerCycle: Double
    package let powerMinWatts: Double
    package let powerMaxWatts: Double
    /// Bandwidth of the device's channel: log-uniform in this range.
    package let bandwidthHertz: ClosedRange<Double>
    /// Distance to the server: uniform over the area between these radii.
    package let distanceMetres: ClosedRange<Double>
    /// Highest frequency, full-load power and operations per cycle vary by this share in either direction.
    package let variation: Double
    /// Power of the whole device while it neither trains nor sends; 0 where it is not counted.
    package internal(set) var idlePowerWatts = 0.0
    /// Power that receiving takes above that; 0 where it is not counted.
    package internal(set) var receiverPowerWatts = 0.0

    /// Measured power table; its frequencies are then the profile's.
    package internal(set) var operatingPoints: OperatingPoints?

    /// What is known of its processor's power.
    package var processor: ProcessorDescription {
        ProcessorDescription(table: operatingPoints, coefficient: operatingPoints == nil ? energyCoefficient : nil)
    }

    /// `tau`, J*s^2/cycle^3, of all cores together.
    package var energyCoefficient: Double { fullLoadWatts / (frequencyMaxHertz * frequencyMaxHertz * frequencyMaxHertz) }

    /// Four cores of a smartphone, uplink of a small cell.
    package static let phone = DeviceProfile(
        name: "phone", frequencyMinHertz: 3e8, frequencyMaxHertz: 2.4e9, fullLoadWatts: 4, flopsPerCycle: 16,
        powerMinWatts: 1e-6, powerMaxWatts: 0.2, bandwidthHertz: 5e5...2e6, distanceMetres: 10...100, variation: 0.2)
    /// Four cores of a single-board computer, low-rate wireless.
    package static let raspberryPi = DeviceProfile(
        name: "raspberry-pi", frequencyMinHertz: 6e8, frequencyMaxHertz: 1.5e9, fullLoadWatts: 5, flopsPerCycle: 12,
        powerMinWatts: 1e-6, powerMaxWatts: 0.1, bandwidthHertz: 5e5...1e6, distanceMetres: 10...60, variation: 0.15)
    /// Six CPU cores of an embedded board for robots and vehicles, cellular modem.
    package static let jetsonCPU = DeviceProfile(
        name: "jetson-cpu", frequencyMinHertz: 1.15e8, frequencyMaxHertz: 1.9e9, fullLoadWatts: 12, flopsPerCycle: 32,
        powerMinWatts: 1e-6, powerMaxWatts: 0.2, bandwidthHertz: 1e6...4e6, distanceMetres: 20...100, variation: 0.15)
    /// Four cores with AVX2 of a laptop, local wireless.
    package static let laptop = DeviceProfile(
        name: "laptop", frequencyMinHertz: 8e8, frequencyMaxHertz: 3.2e9, fullLoadWatts: 20, flopsPerCycle: 40,
        powerMinWatts: 1e-6, powerMaxWatts: 0.1, bandwidthHertz: 2e6...8e6, distanceMetres: 5...40, variation: 0.2)
    /// The paper's device, without variation (equations.md section 2); its T is 15 s.
    package static let paper = DeviceProfile(
        name: "paper", frequencyMinHertz: PaperDevice.frequencyMinHertz, frequencyMaxHertz: PaperDevice.frequencyMaxHertz,
        fullLoadWatts: 10, flopsPerCycle: 32, powerMinWatts: PaperDevice.powerMinWatts, powerMaxWatts: PaperDevice.powerMaxWatts,
        bandwidthHertz: PaperDevice.bandwidthHertz...PaperDevice.bandwidthHertz,
        distanceMetres: PaperDevice.distanceMetres...PaperDevice.distanceMetres, variation: 0)

    /// The classes that generated devices are drawn from, equally often.
    package static let heterogeneous = [phone, raspberryPi, jetsonCPU, laptop]
    package static let all = heterogeneous + [paper] + published + measured

    /// The profile of that name.
    ///
    /// - Throws: a name that is not among `all`, with those that are.
    package static func named(_ name: String) throws(DeviceError) -> DeviceProfile {
        guard let profile = all.first(where: { $0.name == name }) else { throw .unknownProfile(name, known: all.map(\.name)) }
        return profile
    }
}
