import Energy
import Kernels

/// Log-normal shadowing: obstacles change a device's mean channel gain by a normal number of decibels.
///
/// Drawn once a run, as devices do not move: fading changes from round to round, shadowing stays.
package struct Shadowing: Sendable {
    package let seed: UInt64
    /// Standard deviation.
    package let sigmaDecibels: Double

    package init(seed: UInt64, sigmaDecibels: Double) { (self.seed, self.sigmaDecibels) = (seed, sigmaDecibels) }

    /// What the device's mean gain changes by. A pure function of seed, sigma and device.
    package func decibels(device: Int) -> Double {
        var draw = CounterRandom(seed: seed, stream: .shadowing, device: UInt32(truncatingIfNeeded: device)).generator()
        return sigmaDecibels * draw.nextNormal()
    }
}

extension FederatedDevice {
    /// The device behind obstacles that change its mean channel gain by so many decibels.
    ///
    /// - Throws: a gain outside the range of the radio model.
    package func shadowed(byDecibels decibels: Double) throws(DeviceError) -> FederatedDevice {
        var device = self
        do throws(EnergyInputError) {
            device.radio = try radio.faded(by: power(10, decibels / 10))
        } catch { throw .physics(device: id, error) }
        device.shadowingDecibels = decibels
        return device
    }
}
