import Energy

/// A device description that cannot be used.
package enum DeviceError: Error, Sendable, Equatable, CustomStringConvertible {
    case idOutOfRange(Int)
    case duplicateID(Int)
    case samplesOutOfRange(device: Int, samples: Int)
    case demandNotPositive(device: Int, demand: Double)
    case bitsOutOfRange(device: Int, bits: ClosedRange<Int>)
    case selectionOutOfRange(count: Int, devices: Int)
    case powerOutOfRange(device: Int, field: String, watts: Double)
    case unknownProfile(String, known: [String])
    case physics(device: Int, EnergyInputError)

    package var description: String {
        switch self {
        case .idOutOfRange(let id): "device id \(id) is outside 0..<\(UInt32.max); number the devices from 0"
        case .duplicateID(let id): "two devices have the id \(id); give every device its own"
        case .samplesOutOfRange(let device, let samples):
            "device \(device) has \(samples) samples, outside 1...\(DeviceLimits.samples); give it data or leave it out"
        case .demandNotPositive(let device, let demand):
            "device \(device) demands \(demand), which is not a positive number; give bytes, joules or a relative error above 0 (usual errors: "
                + "0.02...0.09 of a change, 1e-4...2e-3 of weights)"
        case .bitsOutOfRange(let device, let bits):
            "device \(device) accepts \(bits) bits, outside \(DeviceLimits.bits); the paper uses \(DeviceLimits.paperBits)"
        case .selectionOutOfRange(let count, let devices):
            "\(count) devices a round is outside 1...\(devices); select at least 1 and at most all"
        case .powerOutOfRange(let device, let field, let watts):
            "device \(device): \(field) \(watts) W is outside \(DeviceLimits.powers); give the power in watts"
        case .unknownProfile(let name, let known):
            "device profile \(name) is unknown; use \(known.joined(separator: ", "))"
        case .physics(let device, let error): "device \(device): \(error)"
        }
    }
}
