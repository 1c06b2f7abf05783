import Energy
import FedRuntime
import Storage

extension DeviceReader {
    /// The next device for a plan, nil behind the last one.
    ///
    /// - Throws: `FileError.invalid` with the line where the file is not of its format.
    package mutating func next() throws(FileError) -> Result<PlannedDevice, UnusableDevice>? {
        try next { (fields, index) throws(DeviceFields.Fault) in try fields.plannedDevice(index: index) }
    }
}

extension DeviceFields {
    /// The device and its energy problem, named by its position `index` where it has no name.
    func plannedDevice(index: Int) throws(Fault) -> PlannedDevice {
        let parameterCount = try wholeNumber(.parameterCount)
        let bits = try number(.bitsPerParameter)
        guard bits > 0, bits <= 64 else {
            throw Fault(.bitsPerParameter, "\(bits) is outside 0 < bits <= 64; the paper sends 6 to 8")
        }
        let givesPayload = self[.payloadBits] != nil
        let payload = givesPayload ? try number(.payloadBits) : parameterCount * bits
        let id = try identifier(index)
        let problem = try made {
            try DeviceEnergyProblem(
                compute: compute(), radio: radio(), payloadBits: payload, timeBudgetSeconds: number(.timeBudget),
                idlePowerWatts: countedIdlePower(),
                reception: Reception(
                    bits: number(.downlinkBits), bitsPerSecond: number(.downlinkRate), powerWatts: number(.receiverPower)))
        }
        return PlannedDevice(
            id: id, problem: problem, parameterCount: givesPayload ? nil : parameterCount, idlePowerWatts: try power(.idlePower),
            flopsPerCycle: self[.flopsPerCycle] == nil && profile == nil ? nil : try number(.flopsPerCycle))
    }

    private func compute() throws -> ComputeModel {
        let (power, frequencyMin, frequencyMax) = try processorPower()
        return try ComputeModel(
            localIterations: Int(wholeNumber(.localIterations)), samplesPerIteration: Int(wholeNumber(.samplesPerIteration)),
            cyclesPerSample: number(.cyclesPerSample), power: power, frequencyMinHertz: frequencyMin,
            frequencyMaxHertz: frequencyMax)
    }

    /// A power of the device beyond its plan.
    private func power(_ field: DeviceField) throws(Fault) -> Double {
        let watts = try number(field)
        guard DeviceLimits.powers.contains(watts) else {
            throw Fault(field, "\(watts) W is outside \(DeviceLimits.powers); give the power in watts")
        }
        return watts
    }

    private func identifier(_ index: Int) throws(Fault) -> DeviceIdentifier {
        switch self[.id] {
        case nil: return .number(index)
        case .text(let text): return .text(text)
        case .number(let number):
            guard let whole = Int(exactly: number) else { throw Fault(.id, "\(number) is not a whole number; use a text") }
            return .number(whole)
        case .points: throw Fault(.id, "is an array; use a text or a whole number")
        case .other(let value): throw Fault(.id, "is \(value); use a text or a whole number")
        }
    }
}
