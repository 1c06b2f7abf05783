import Energy
import FedRuntime

/// The value of one field of a device, as its file has it.
enum DeviceFieldValue: Equatable, Sendable {
    case number(Double)
    case text(String)
    /// A Boolean, null, array or object: nothing that a device has.
    case other(String)
}

/// The fields of one device of a file, on their way to a `PlannedDevice`. One value serves all devices of a file in turn.
struct DeviceFields {
    private var values = [DeviceFieldValue?](repeating: nil, count: DeviceField.allCases.count)
    /// The first thing that is wrong with the device as it was read, and the field's name.
    private var misread: (field: String, problem: String)?
    /// What the device's profile says of fields that are missing.
    private var profile: [String: Double] = [:]

    subscript(field: DeviceField) -> DeviceFieldValue? {
        get { values[field.rawValue] }
        set {
            if values[field.rawValue] != nil { note(field.name, "is there twice; leave one out") }
            values[field.rawValue] = newValue
        }
    }

    mutating func removeAll() {
        for index in values.indices { values[index] = nil }
        misread = nil
        profile = [:]
    }

    /// A misspelt field would silently become its default.
    mutating func noteUnknown(_ name: String) { note(name, DeviceField.unknown(name)) }

    private mutating func note(_ field: String, _ problem: String) {
        if misread == nil { misread = (field, problem) }
    }

    /// The device, named by its position `index` where it has no name.
    mutating func device(index: Int) throws(Failure) -> PlannedDevice {
        if let misread { throw Failure(field: misread.field, problem: misread.problem) }
        try readProfile()
        let parameterCount = try wholeNumber(.parameterCount, default: 37_000_000, in: 1...1e12)
        let bits = try number(.bitsPerParameter, default: 8)
        guard bits > 0, bits <= 64 else {
            throw Failure(.bitsPerParameter, "\(bits) is outside 0 < bits <= 64; the paper sends 6 to 8")
        }
        let givesPayload = self[.payloadBits] != nil
        let payload = givesPayload ? try number(.payloadBits, default: 0) : parameterCount * bits
        let id = try identifier(index)
        do {
            let problem = try DeviceEnergyProblem(
                compute: compute(), radio: radio(), payloadBits: payload, timeBudgetSeconds: number(.timeBudget, default: 15))
            return PlannedDevice(id: id, problem: problem, parameterCount: givesPayload ? nil : parameterCount)
        } catch let error as EnergyInputError {
            let unit = error.unit.isEmpty ? "" : " \(error.unit)"
            throw Failure(field: error.field, problem: "\(error.value)\(unit) is outside \(error.limit); \(error.wayOut)")
        } catch let error as Failure {
            throw error
        } catch {
            throw Failure(field: "device", problem: "\(error)")
        }
    }

    /// What is wrong with a device.
    struct Failure: Error {
        let field: String
        let problem: String

        init(field: String, problem: String) { (self.field, self.problem) = (field, problem) }
        init(_ field: DeviceField, _ problem: String) { self.init(field: field.name, problem: problem) }
    }

    private mutating func readProfile() throws(Failure) {
        switch self[.profile] {
        case nil: return
        case .text(let name):
            do throws(DeviceError) {
                profile = try DeviceProfile.named(name).deviceFields
            } catch { throw Failure(.profile, "is \(name): \(error)") }
        case .number(let value): throw Failure(.profile, "is \(value); use the name of a profile")
        case .other(let value): throw Failure(.profile, "is \(value); use the name of a profile")
        }
    }

    private func compute() throws -> ComputeModel {
        try ComputeModel(
            localIterations: Int(wholeNumber(.localIterations, default: 1, in: 1...1e9)),
            samplesPerIteration: Int(wholeNumber(.samplesPerIteration, default: 512, in: 1...1e9)),
            cyclesPerSample: number(.cyclesPerSample, default: 3.25e6),
            energyCoefficient: number(.energyCoefficient, default: 1e-26),
            frequencyMinHertz: number(.frequencyMin, default: 1e7),
            frequencyMaxHertz: number(.frequencyMax, default: 1e9))
    }

    private func radio() throws -> RadioModel {
        try RadioModel(
            bandwidthHertz: number(.bandwidth, default: 50e6), channelGain: number(.channelGain, default: 1e-3),
            distanceMetres: number(.distance, default: 45), pathLossExponent: number(.pathLossExponent, default: 3.76),
            noiseDBmPerMegahertz: number(.noise, default: -95), powerMinWatts: number(.powerMin, default: 1e-4),
            powerMaxWatts: number(.powerMax, default: 1))
    }

    private func identifier(_ index: Int) throws(Failure) -> DeviceIdentifier {
        switch self[.id] {
        case nil: return .number(index)
        case .text(let text): return .text(text)
        case .number(let number):
            guard let whole = Int(exactly: number) else { throw Failure(.id, "\(number) is not a whole number; use a text") }
            return .number(whole)
        case .other(let value): throw Failure(.id, "is \(value); use a text or a whole number")
        }
    }

    private func number(_ field: DeviceField, default standard: Double) throws(Failure) -> Double {
        switch self[field] {
        case nil: return profile[field.name] ?? standard
        case .number(let number): return number
        case .text(let text): throw Failure(field, "is the text \"\(text)\"; use a number without quotation marks")
        case .other(let value): throw Failure(field, "is \(value); use a number, or leave the field out for \(standard)")
        }
    }

    private func wholeNumber(
        _ field: DeviceField, default standard: Double, in limits: ClosedRange<Double>
    ) throws(Failure) -> Double {
        let value = try number(field, default: standard)
        guard limits.contains(value), value == value.rounded() else {
            throw Failure(
                field,
                "\(value) is not a whole number in \(Int(limits.lowerBound))...\(Int(limits.upperBound)); the paper uses \(Int(standard))"
            )
        }
        return value
    }
}
