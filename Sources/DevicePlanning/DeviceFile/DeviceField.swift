import Storage

/// The fields of a device in a file. Those that are missing are its profile's where it names one, else the paper's (8 bits a parameter); the
/// payload is `parameter_count * bits_per_parameter` unless `payload_bits` is there.
///
/// From `name` on, but for `profile`, they are for people and for `train`: a plan has no use for them.
enum DeviceField: Int, CaseIterable {
    case id, localIterations, samplesPerIteration, cyclesPerSample, energyCoefficient, frequencyMin, frequencyMax, powerMin,
        powerMax
    case bandwidth, channelGain, distance, pathLossExponent, noise, parameterCount, bitsPerParameter, payloadBits, timeBudget
    case profile, name, flopsPerCycle, idlePower, receiverPower

    /// As files spell it.
    var name: String { Self.names[rawValue] }

    /// In the order of the cases.
    static let names = [
        "id", "local_iterations", "samples_per_iteration", "cycles_per_sample", "energy_coefficient", "frequency_min_hz",
        "frequency_max_hz", "power_min_w", "power_max_w", "bandwidth_hz", "channel_gain", "distance_m", "path_loss_exponent",
        "noise_dbm_per_mhz", "parameter_count", "bits_per_parameter", "payload_bits", "time_budget_s",
        "profile", "name", "flops_per_cycle", "idle_power_w", "receiver_power_w",
    ]

    private static let spellings = names.map { Array($0.utf8) }

    /// The field that the bytes spell.
    static func spelled(_ bytes: Span<UInt8>) -> DeviceField? {
        for (position, spelling) in spellings.enumerated() where spelling.count == bytes.count {
            var index = 0
            while index < bytes.count, spelling[index] == bytes[index] { index += 1 }
            if index == bytes.count { return DeviceField(rawValue: position) }
        }
        return nil
    }

    /// What to say about a name that is no field.
    static func unknown(_ name: String) -> String {
        let nearest = names.min { editDistance($0, name) < editDistance($1, name) } ?? ""
        return "is not a field of a device; did you mean \(nearest)? The fields are \(names.joined(separator: ", "))"
    }
}
