import Codec
import Energy
import Kernels

/// Draws heterogeneous devices from profiles: equal seeds give equal devices, and a device does not depend on how many there are.
package struct DeviceGenerator: Sendable {
    /// Drawn equally often.
    package var profiles = DeviceProfile.heterogeneous
    package var demand = GeneratedDemand.ofWeights
    package var acceptedBits = DeviceLimits.paperBits
    /// In place of the profiles' distances: uniform over the area between these radii.
    package var distanceMetres: ClosedRange<Double>?
    /// `h2`: mean channel power gain at one metre.
    package var channelGain = PaperDevice.channelGain
    package var pathLossExponent = PaperDevice.pathLossExponent
    package var noiseDBmPerMegahertz = PaperDevice.noiseDBmPerMegahertz

    /// The form of their processors' power, where profiles have it.
    package var energyModel = EnergyModel.table

    package init() {}

    /// One device for each entry of `samples`, its data set's size.
    ///
    /// - Throws: a device without samples, a demand or number of bits outside its range.
    package func devices(samples: [Int], seed: UInt64) throws(DeviceError) -> [FederatedDevice] {
        var devices: [FederatedDevice] = []
        for (id, count) in samples.enumerated() { devices.append(try device(id: id, samples: count, seed: seed)) }
        return devices
    }

    /// The device `id` of a run with this seed.
    ///
    /// - Throws: no samples, a demand or number of bits outside its range.
    package func device(id: Int, samples: Int, seed: UInt64) throws(DeviceError) -> FederatedDevice {
        precondition(!profiles.isEmpty, "a generator needs at least one profile")
        guard id >= 0, id < Int(UInt32.max) else { throw .idOutOfRange(id) }
        var draw = CounterRandom(seed: seed, stream: .deviceProfile, device: UInt32(id)).generator()
        let profile = profiles[draw.nextIndex(below: profiles.count)]
        func varied(_ value: Double) -> Double { value * (1 + profile.variation * (2 * draw.nextUniform() - 1)) }
        let frequencyMax = varied(profile.frequencyMaxHertz)
        let fullLoadWatts = varied(profile.fullLoadWatts)
        let flopsPerCycle = varied(profile.flopsPerCycle)
        let bandwidth = logUniform(profile.bandwidthHertz, draw.nextUniform())
        let distance = uniformOverArea(distanceMetres ?? profile.distanceMetres, draw.nextUniform())
        let (processor, radio): (Processor, RadioModel)
        do throws(EnergyInputError) {
            let law = ProcessorDescription(coefficient: fullLoadWatts / (frequencyMax * frequencyMax * frequencyMax))
            processor = try Processor(
                frequencyMinHertz: profile.frequencyMinHertz, frequencyMaxHertz: frequencyMax,
                power: (profile.operatingPoints == nil ? law : profile.processor)
                    .power(energyModel, frequencyMaxHertz: frequencyMax),
                flopsPerCycle: flopsPerCycle)
            radio = try RadioModel(
                bandwidthHertz: bandwidth, channelGain: channelGain, distanceMetres: distance,
                pathLossExponent: pathLossExponent, noiseDBmPerMegahertz: noiseDBmPerMegahertz,
                powerMinWatts: profile.powerMinWatts, powerMaxWatts: profile.powerMaxWatts)
        } catch { throw .physics(device: id, error) }
        return try FederatedDevice(
            id: id, profile: profile.name, samples: samples, processor: processor, radio: radio,
            demand: drawDemand(id: id, seed: seed), acceptedBits: acceptedBits, idlePowerWatts: profile.idlePowerWatts,
            receiverPowerWatts: profile.receiverPowerWatts)
    }

    /// Drawn from a stream of its own: another demand range leaves the devices as they are.
    private func drawDemand(id: Int, seed: UInt64) -> DeviceDemand {
        switch demand {
        case .same(let demand): return demand
        case .relativeError(let range):
            var draw = CounterRandom(seed: seed, stream: .demand, device: UInt32(id)).generator()
            return .relative(logUniform(range, draw.nextUniform()))
        }
    }

    private func logUniform(_ range: ClosedRange<Double>, _ uniform: Double) -> Double {
        let value = range.lowerBound * power(range.upperBound / range.lowerBound, uniform)
        return min(max(value, range.lowerBound), range.upperBound)
    }

    private func uniformOverArea(_ radii: ClosedRange<Double>, _ uniform: Double) -> Double {
        let (inner, outer) = (radii.lowerBound * radii.lowerBound, radii.upperBound * radii.upperBound)
        return (inner + (outer - inner) * uniform).squareRoot()
    }
}
