import DevicePlanning
import FedRuntime
import Foundation
import Storage

// Settings of what is around the devices: which ones they are and where, their channels, and what the energy ledger counts.
extension RunConfiguration {
    mutating func setSurroundings(_ setting: Setting, _ value: SettingValue) throws(ConfigurationError) {
        switch setting {
        case .profiles: profiles = try value.profileNames()
        case .distance: distance = try value.range(from: 1e-3, upTo: 1e9)
        case .allowLonger: allowLonger = try value.number(from: 0, upTo: 1e12)
        case .fading: fading = try FadingKind(parsing: value)
        case .shadowing: shadowing = try value.number(from: 0, upTo: 40)
        case .downlinkRate: downlinkRate = try value.number(above: 0, upTo: 1e15)
        case .receiverPower: receiverPower = try value.number(from: 0, upTo: 1e6)
        case .idlePower: idlePower = try value.number(from: 0, upTo: 1e6)
        case .gridIntensity: gridIntensity = try value.number(from: 0, upTo: 1e6)
        default: preconditionFailure("\(setting) is not about surroundings")
        }
    }

    func surroundingsText(of setting: Setting) -> String? {
        switch setting {
        case .profiles: profiles?.joined(separator: ",")
        case .distance: distance.map { $0.lowerBound == $0.upperBound ? "\($0.lowerBound)" : "\($0.lowerBound):\($0.upperBound)" }
        case .allowLonger: "\(allowLonger)"
        case .fading: fading.text
        case .shadowing: "\(shadowing)"
        case .downlinkRate: "\(downlinkRate)"
        case .receiverPower: receiverPower.map { "\($0)" }
        case .idlePower: idlePower.map { "\($0)" }
        case .gridIntensity: gridIntensity.map { "\($0)" }
        default: preconditionFailure("\(setting) is not about surroundings")
        }
    }

    /// Makes the trace's path absolute; refuses settings of generated devices where a file describes them, or the paper's device is used.
    mutating func resolveSurroundings() throws(ConfigurationError) {
        if case .trace(let path) = fading { fading = .trace(path: absolutePath(path)) }
        if case .file(let path) = devices {
            for setting in [Setting.profiles, .distance] {
                guard let text = text(of: setting) else { continue }
                throw ConfigurationError(
                    setting.rawValue, text, "is for generated devices, but devices is \(path)",
                    wayOut: "leave it out, and write profile and distance_m into that file")
            }
        } else if workload == .paper, let profiles {
            throw ConfigurationError(
                "profiles", profiles.joined(separator: ","), "does not go with workload paper, whose device is the paper's",
                wayOut: "leave it out, or use workload measured")
        }
    }

    /// What the energy ledger counts.
    var ledgerSettings: LedgerSettings {
        LedgerSettings(downlinkBitsPerSecond: downlinkRate, gridGramsPerKilowattHour: gridIntensity)
    }
}

extension FadingKind {
    init(parsing value: SettingValue) throws(ConfigurationError) {
        switch value.halves {
        case ("rayleigh", nil): self = .rayleigh
        case ("none", nil): self = .none
        case ("trace", let path?) where !path.isEmpty: self = .trace(path: path)
        default: throw value.failure("is not rayleigh, none or trace:FILE", wayOut: "use rayleigh, or trace:gains.csv")
        }
    }

    var text: String {
        switch self {
        case .rayleigh: "rayleigh"
        case .none: "none"
        case .trace(let path): "trace:\(path)"
        }
    }

    /// The model, with the trace read.
    ///
    /// - Throws: `FileError` for a trace that cannot be used.
    func model() throws(FileError) -> FadingModel {
        switch self {
        case .rayleigh: .rayleigh
        case .none: .none
        case .trace(let path): .trace(try ChannelTraceFile.read(path: path))
        }
    }
}

extension SettingValue {
    /// Names of device profiles, separated by commas.
    fileprivate func profileNames() throws(ConfigurationError) -> [String] {
        let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        for name in names where !DeviceProfile.all.contains(where: { $0.name == name }) {
            throw failure(
                "names no device profile in \"\(name)\"", wayOut: "use \(DeviceProfile.all.map(\.name).joined(separator: ", "))")
        }
        return names
    }

    /// One number, or `LOWEST:HIGHEST`.
    fileprivate func range(from lowest: Double, upTo highest: Double) throws(ConfigurationError) -> ClosedRange<Double> {
        let (low, high) = halves
        let start = try part(low).number(from: lowest, upTo: highest)
        let end =
            try high.map { (text) throws(ConfigurationError) in try part(text).number(from: lowest, upTo: highest) } ?? start
        guard start <= end else { throw failure("runs backwards", wayOut: "use \(end):\(start)") }
        return start...end
    }
}
