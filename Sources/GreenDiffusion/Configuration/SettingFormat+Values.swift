import Codec
import Datasets
import FedRuntime

// The formats of settings that are more than a number or a choice.
extension SettingFormat {
    static func data() -> Self where Value == DataSpecification {
        Self { (value) throws(ConfigurationError) in
            try Value(parsing: value.text, setting: value.name)
        } text: {
            $0.text
        }
    }

    static func model() -> Self where Value == ModelSource {
        Self { (value) throws(ConfigurationError) in
            try Value(parsing: value.text, setting: value.name)
        } text: {
            $0.text
        }
    }

    /// A number of devices, or a file.
    static func devices() -> Self where Value == DeviceSource {
        Self { (value) throws(ConfigurationError) in
            guard Int(value.text) == nil else {
                return .generated(count: try value.integer(in: 1...RunConfiguration.deviceLimit))
            }
            guard !value.text.isEmpty else {
                throw value.failure("names no devices", wayOut: "give a number of devices, or a file")
            }
            return .file(value.text)
        } text: {
            switch $0 {
            case .generated(let count): "\(count)"
            case .file(let path): path
            case .automatic: nil
            }
        }
    }

    /// Names of device profiles, separated by commas.
    static func profiles() -> Self where Value == [String] {
        Self { (value) throws(ConfigurationError) in
            let names = value.text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            let known = DeviceProfile.all.map(\.name)
            for name in names where !known.contains(name) {
                throw value.failure("names no device profile in \"\(name)\"", wayOut: "use \(known.joined(separator: ", "))")
            }
            return names
        } text: {
            $0.joined(separator: ",")
        }
    }

    static func partition() -> Self where Value == ImagePartition {
        Self { (value) throws(ConfigurationError) in
            switch value.halves {
            case ("iid", nil): .spread(.iid)
            case ("folders", nil): .folders
            case ("own", nil): .own(counts: nil)
            case ("own", let counts?): .own(counts: try value.part(counts).integers(in: 1...DeviceLimits.samples))
            case ("dirichlet", let alpha?): .spread(.dirichlet(alpha: try value.part(alpha).number(above: 0, upTo: 1e6)))
            default:
                throw value.failure(
                    "is not iid, dirichlet:ALPHA, folders or own", wayOut: "use iid, or dirichlet:0.5 for uneven devices")
            }
        } text: {
            switch $0 {
            case .spread(.iid): "iid"
            case .spread(.dirichlet(let alpha)): "dirichlet:\(alpha)"
            case .folders: "folders"
            case .own(nil): "own"
            case .own(let counts?): "own:\(counts.map(String.init).joined(separator: ","))"
            }
        }
    }

    /// On or off. Off is not written: runs from before there was the setting keep their file and their id.
    static func switchedOn() -> Self where Value == Bool {
        let words = choice(of: [("on", true), ("off", false)])
        return Self(read: words.read, text: { $0 ? "on" : nil }, choices: words.choices)
    }

    /// Constant is not written, as off is not.
    static func decay() -> Self where Value == LearningRateSchedule.Decay {
        let words: Self = choice()
        return Self(read: words.read, text: { $0 == .constant ? nil : $0.rawValue }, choices: words.choices)
    }

    /// Bits per parameter: one width, or `LOWEST:HIGHEST`.
    static func widths() -> Self where Value == ClosedRange<Int> {
        Self { (value) throws(ConfigurationError) in
            try value.widths()
        } text: {
            $0.settingText
        }
    }

    /// Bits per parameter: one width.
    static func width() -> Self where Value == Int {
        Self { (value) throws(ConfigurationError) in
            let widths = try value.widths()
            guard widths.count == 1 else {
                throw value.failure("is a range", wayOut: "use one width, such as \(widths.upperBound)")
            }
            return widths.lowerBound
        } text: {
            "\($0)"
        }
    }

    /// Relative error demands, one number or `LOWEST:HIGHEST`; or a budget, `bytes:N` or `energy:JOULES`.
    static func demand() -> Self where Value == GeneratedDemand {
        Self { (value) throws(ConfigurationError) in
            switch value.halves {
            case ("bytes", let bytes?): return .same(.bytes(try value.part(bytes).integer(in: 1...(1 << 40))))
            case ("energy", let joules?): return .same(.energy(joules: try value.part(joules).number(above: 0, upTo: 1e12)))
            default:
                let range = try value.range { (part) throws(ConfigurationError) in try part.number(above: 0, upTo: 1) }
                return .relativeError(range)
            }
        } text: {
            switch $0 {
            case .relativeError(let range): range.settingText
            case .same(.bytes(let bytes)): "bytes:\(bytes)"
            case .same(.energy(let joules)): "energy:\(joules)"
            case .same(.error(.relative(let epsilon))): "\(epsilon)"
            case .same(.error(.absolute(let error))): "\(error)"
            }
        }
    }

    /// Seconds, or `auto`.
    static func timeBudget() -> Self where Value == TimeBudget {
        Self { (value) throws(ConfigurationError) in
            value.text == "auto" ? .automatic : .seconds(try value.number(above: 0, upTo: 1e12))
        } text: {
            switch $0 {
            case .automatic: "auto"
            case .seconds(let seconds): "\(seconds)"
            }
        }
    }

    static func fading() -> Self where Value == FadingKind {
        Self { (value) throws(ConfigurationError) in
            switch value.halves {
            case ("rayleigh", nil): .rayleigh
            case ("none", nil): .none
            case ("trace", let path?) where !path.isEmpty: .trace(path: path)
            default: throw value.failure("is not rayleigh, none or trace:FILE", wayOut: "use rayleigh, or trace:gains.csv")
            }
        } text: {
            switch $0 {
            case .rayleigh: "rayleigh"
            case .none: "none"
            case .trace(let path): "trace:\(path)"
            }
        }
    }

    /// The path of a file.
    static func path() -> Self where Value == String {
        Self { (value) throws(ConfigurationError) in
            guard !value.text.isEmpty else { throw value.failure("names no file", wayOut: "give the path of a file") }
            return value.text
        } text: {
            $0
        }
    }

    /// Any unsigned 64-bit number.
    static func seed() -> Self where Value == UInt64 {
        Self { (value) throws(ConfigurationError) in
            guard let seed = UInt64(value.text) else {
                throw value.failure("is not a whole number from 0 to 2^64 - 1", wayOut: "use a seed such as 0")
            }
            return seed
        } text: {
            "\($0)"
        }
    }
}

extension SettingValue {
    /// Bits per parameter: one width, or `LOWEST:HIGHEST`.
    fileprivate func widths() throws(ConfigurationError) -> ClosedRange<Int> {
        try range { (part) throws(ConfigurationError) in
            guard let width = Int(part.text) else {
                throw failure("is not a width or a range of widths", wayOut: "use 8, or 6:8")
            }
            guard CodeWidths.all.contains(width) else {
                throw failure(
                    "is outside 2...8 (codes hold at most 8 bits)",
                    wayOut: "use \(name) \(width < 2 ? 2 : 8), or scheme fedavg for 32 bits")
            }
            return width
        }
    }
}
