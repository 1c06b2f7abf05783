import Codec
import Datasets
import FedRuntime

// How the values of single settings are written: each `text` or `name` is what the parser beside it reads.

extension DeviceSource {
    init(parsing value: SettingValue) throws(ConfigurationError) {
        if Int(value.text) != nil {
            self = .generated(count: try value.integer(in: 1...RunConfiguration.deviceLimit))
        } else if value.text.isEmpty {
            throw value.failure("names no devices", wayOut: "give a number of devices, or a JSON file")
        } else {
            self = .file(value.text)
        }
    }

    var text: String {
        switch self {
        case .generated(let count): String(count)
        case .file(let path): path
        }
    }
}

extension PartitionRule {
    init(parsing value: SettingValue) throws(ConfigurationError) {
        switch value.halves {
        case ("iid", nil): self = .iid
        case ("dirichlet", let alpha?): self = .dirichlet(alpha: try value.part(alpha).number(above: 0, upTo: 1e6))
        default:
            throw value.failure("is not iid or dirichlet:ALPHA", wayOut: "use iid, or dirichlet:0.5 for uneven devices")
        }
    }

    var text: String {
        switch self {
        case .iid: "iid"
        case .dirichlet(let alpha): "dirichlet:\(alpha)"
        }
    }
}

extension GeneratedDemand {
    var text: String {
        switch self {
        case .relativeError(let range):
            range.lowerBound == range.upperBound ? "\(range.lowerBound)" : "\(range.lowerBound):\(range.upperBound)"
        case .same(.bytes(let bytes)): "bytes:\(bytes)"
        case .same(.energy(let joules)): "energy:\(joules)"
        case .same(.error(.relative(let epsilon))): "\(epsilon)"
        case .same(.error(.absolute(let error))): "\(error)"
        }
    }
}

extension TimeBudget {
    var text: String {
        switch self {
        case .automatic: "auto"
        case .seconds(let seconds): "\(seconds)"
        }
    }
}

extension Workload {
    static let names: KeyValuePairs = ["measured": Workload.measured, "paper": .paper]
}

extension QuantizationGrid {
    static let names: KeyValuePairs = ["paper": QuantizationGrid.paper, "zero": .zero, "lattice": .lattice]
    package var name: String { Self.names.first { $0.value == self }?.key ?? "" }
}

extension PayloadKind {
    static let names: KeyValuePairs = ["weights": PayloadKind.weights, "change": .change]
    var name: String { self == .weights ? "weights" : "change" }
}

extension SettingValue {
    /// Bits per parameter: one width, or `LOWEST:HIGHEST`.
    func bits() throws(ConfigurationError) -> ClosedRange<Int> {
        let (low, high) = halves
        guard let lowest = Int(low), let highest = high.map({ Int($0) }) ?? lowest else {
            throw failure("is not a width or a range of widths", wayOut: "use 8, or 6:8")
        }
        for width in [lowest, highest] where !QuantizationGrid.allBits.contains(width) {
            throw failure(
                "is outside 2...8 (codes hold at most 8 bits)",
                wayOut: "use \(name) \(width < 2 ? 2 : 8), or scheme fedavg for 32 bits")
        }
        guard lowest <= highest else { throw failure("runs backwards", wayOut: "use \(highest):\(lowest)") }
        return lowest...highest
    }

    /// Bits per parameter: one width.
    func width() throws(ConfigurationError) -> Int {
        let bits = try bits()
        guard bits.count == 1 else { throw failure("is a range", wayOut: "use one width, such as \(bits.upperBound)") }
        return bits.lowerBound
    }

    /// Relative error demands, one number or `LOWEST:HIGHEST`; or a budget, `bytes:N` or `energy:JOULES`.
    func demand() throws(ConfigurationError) -> GeneratedDemand {
        switch halves {
        case ("bytes", let bytes?): .same(.bytes(try part(bytes).integer(in: 1...(1 << 40))))
        case ("energy", let joules?): .same(.energy(joules: try part(joules).number(above: 0, upTo: 1e12)))
        default: .relativeError(try relativeErrors())
        }
    }

    private func relativeErrors() throws(ConfigurationError) -> ClosedRange<Double> {
        let (low, high) = halves
        let lowest = try part(low).number(above: 0, upTo: 1)
        let highest = try high.map { (text) throws(ConfigurationError) in try part(text).number(above: 0, upTo: 1) } ?? lowest
        guard lowest <= highest else { throw failure("runs backwards", wayOut: "use \(highest):\(lowest)") }
        return lowest...highest
    }

    /// A seed: any unsigned 64-bit number.
    func seed() throws(ConfigurationError) -> UInt64 {
        guard let seed = UInt64(text) else {
            throw failure("is not a whole number from 0 to 2^64 - 1", wayOut: "use a seed such as 0")
        }
        return seed
    }
}
