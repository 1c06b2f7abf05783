import Energy

/// A row of a power table as a device file has it.
struct OperatingRow: Equatable, Sendable {
    let frequencyHertz: Double
    let load: Load
    let cyclesScale: Double

    /// What the row says of its power.
    enum Load: Equatable, Sendable {
        case watts(Double)
        /// The supply voltage, which gives the power with the device's dynamic power coefficient.
        case volts(Double)
    }

    /// The columns, as objects name them; an array is the first three.
    static let columns = ["frequency_hz", "power_w", "cycles_scale", "voltage_v"]

    /// A row as a cell holds it, `5e8:0.4`, `5e8:0.4:1.1` or `5e8:0.8V`; nil where it is none.
    init?(cell: Substring) {
        let parts = cell.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count) else { return nil }
        let isVoltage = parts[1].last == "V" || parts[1].last == "v"
        guard let hertz = DecimalNumber.value(String(parts[0])),
            let load = DecimalNumber.value(String(isVoltage ? parts[1].dropLast() : parts[1])),
            let scale = parts.count == 3 ? DecimalNumber.value(String(parts[2])) : 1
        else { return nil }
        self.init(frequencyHertz: hertz, load: isVoltage ? .volts(load) : .watts(load), cyclesScale: scale)
    }

    init(frequencyHertz: Double, load: Load, cyclesScale: Double) {
        (self.frequencyHertz, self.load, self.cyclesScale) = (frequencyHertz, load, cyclesScale)
    }

    /// Whether a voltage gives the power.
    var isVoltage: Bool {
        if case .volts = load { true } else { false }
    }

    /// Which column gives the power.
    var powerColumn: String { Self.columns[isVoltage ? 3 : 1] }
}
