import Energy
import FedRuntime
import Kernels

/// The paper's device and sweeps [Lai23], solved.
enum PaperStudy {
    /// Parameters of the paper's model.
    static let parameterCount = 37e6
    static let timeBudgetSeconds = 15.0
    static let distanceMetres = 45.0
    static let widths = DeviceLimits.paperBits

    /// The paper's device with a payload of `bits` bits a parameter.
    static func problem(
        bits: Int, timeBudgetSeconds: Double = timeBudgetSeconds, distanceMetres: Double = distanceMetres
    ) throws(EnergyInputError) -> DeviceEnergyProblem {
        try DeviceEnergyProblem(
            compute: ComputeModel(), radio: RadioModel(distanceMetres: distanceMetres),
            payloadBits: parameterCount * Double(bits), timeBudgetSeconds: timeBudgetSeconds)
    }

    /// The widths that 30 devices demand: 6, 7 or 8 bits, each as likely, drawn for seed 0.
    static let demandedBits = (0..<30).map { device in
        var draw = CounterRandom(seed: 0, stream: .demand, device: UInt32(device)).generator()
        return widths.lowerBound + draw.nextIndex(below: widths.count)
    }
}
