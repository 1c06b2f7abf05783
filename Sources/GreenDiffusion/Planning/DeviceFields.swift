import Energy

/// The value of one field of a device, as JSON has it.
enum DeviceFieldValue: Decodable, Sendable {
    case number(Double)
    case text(String)
    /// A Boolean, null, array or object: nothing that a device has.
    case other(String)

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let truth = try? container.decode(Bool.self) {
            self = .other("\(truth)")
        } else {
            self = .other(container.decodeNil() ? "null" : "an array, an object or too large a number")
        }
    }
}

/// The fields of one device of a file, on their way to a `PlannedDevice`.
struct DeviceFields {
    let path: String
    let index: Int
    let values: [String: DeviceFieldValue]

    private static let names = [
        "id", "local_iterations", "samples_per_iteration", "cycles_per_sample", "energy_coefficient", "frequency_min_hz",
        "frequency_max_hz", "power_min_w", "power_max_w", "bandwidth_hz", "channel_gain", "distance_m", "path_loss_exponent",
        "noise_dbm_per_mhz", "parameter_count", "bits_per_parameter", "payload_bits", "time_budget_s",
    ]

    func device() throws -> PlannedDevice {
        try refuseUnknownFields()
        let parameterCount = try wholeNumber("parameter_count", default: 37_000_000, in: 1...1e12)
        let bits = try number("bits_per_parameter", default: 8)
        guard bits > 0, bits <= 64 else {
            throw failure("bits_per_parameter", "\(bits) is outside 0 < bits <= 64; the paper sends 6 to 8")
        }
        let payload = values["payload_bits"] == nil ? parameterCount * bits : try number("payload_bits", default: 0)
        do {
            let problem = try DeviceEnergyProblem(
                compute: compute(), radio: radio(), payloadBits: payload, timeBudgetSeconds: number("time_budget_s", default: 15))
            return PlannedDevice(
                id: try identifier(), problem: problem, parameterCount: values["payload_bits"] == nil ? parameterCount : nil)
        } catch let error as EnergyInputError {
            let unit = error.unit.isEmpty ? "" : " \(error.unit)"
            throw failure(error.field, "\(error.value)\(unit) is outside \(error.limit); \(error.wayOut)")
        }
    }

    private func compute() throws -> ComputeModel {
        try ComputeModel(
            localIterations: Int(wholeNumber("local_iterations", default: 1, in: 1...1e9)),
            samplesPerIteration: Int(wholeNumber("samples_per_iteration", default: 512, in: 1...1e9)),
            cyclesPerSample: number("cycles_per_sample", default: 3.25e6),
            energyCoefficient: number("energy_coefficient", default: 1e-26),
            frequencyMinHertz: number("frequency_min_hz", default: 1e7),
            frequencyMaxHertz: number("frequency_max_hz", default: 1e9))
    }

    private func radio() throws -> RadioModel {
        try RadioModel(
            bandwidthHertz: number("bandwidth_hz", default: 50e6), channelGain: number("channel_gain", default: 1e-3),
            distanceMetres: number("distance_m", default: 45), pathLossExponent: number("path_loss_exponent", default: 3.76),
            noiseDBmPerMegahertz: number("noise_dbm_per_mhz", default: -95), powerMinWatts: number("power_min_w", default: 1e-4),
            powerMaxWatts: number("power_max_w", default: 1))
    }

    /// A misspelt field would silently become its default.
    private func refuseUnknownFields() throws {
        guard let unknown = values.keys.filter({ !Self.names.contains($0) }).min() else { return }
        let nearest = Self.names.min { editDistance($0, unknown) < editDistance($1, unknown) } ?? ""
        throw failure(
            unknown, "is not a field of a device; did you mean \(nearest)? The fields are \(Self.names.joined(separator: ", "))")
    }

    private func identifier() throws -> DeviceIdentifier {
        switch values["id"] {
        case nil: return .number(index)
        case .text(let text): return .text(text)
        case .number(let number):
            guard let whole = Int(exactly: number) else { throw failure("id", "\(number) is not a whole number; use a text") }
            return .number(whole)
        case .other(let value): throw failure("id", "is \(value); use a text or a whole number")
        }
    }

    private func number(_ field: String, default standard: Double) throws -> Double {
        switch values[field] {
        case nil: return standard
        case .number(let number): return number
        case .text(let text): throw failure(field, "is the text \"\(text)\"; use a number without quotation marks")
        case .other(let value): throw failure(field, "is \(value); use a number, or leave the field out for \(standard)")
        }
    }

    private func wholeNumber(_ field: String, default standard: Double, in limits: ClosedRange<Double>) throws -> Double {
        let value = try number(field, default: standard)
        guard limits.contains(value), value == value.rounded() else {
            throw failure(
                field,
                "\(value) is not a whole number in \(Int(limits.lowerBound))...\(Int(limits.upperBound)); the paper uses \(Int(standard))"
            )
        }
        return value
    }

    private func failure(_ field: String, _ problem: String) -> DeviceFieldError {
        DeviceFieldError(path: path, index: index, field: field, problem: problem)
    }
}
