import FedRuntime
import Foundation

extension RunConfiguration {
    /// The scheme with its bits.
    package var federationScheme: Scheme {
        switch scheme {
        case .onDemand: bitPlanning == .system ? .onDemandSystem(aggregateError: aggregateError) : .onDemand
        case .fixed: .fixed(bits: acceptedBits.upperBound)
        case .fedAvg: .fedAvg
        }
    }

    /// `bits`, or what they are where nothing is said.
    var acceptedBits: ClosedRange<Int> { bits ?? (grid == .lattice ? 2...8 : 6...8) }

    /// `demand`, or what it is where nothing is said: a change is a small part of the weights, and may err by more of itself.
    var generatedDemand: GeneratedDemand { demand ?? .relativeError(payload == .change ? 0.02...0.09 : 1e-4...2e-3) }

    /// The configuration with paths made absolute and what depends on other settings filled in: what `config.yaml` holds.
    ///
    /// - Throws: settings that do not go together, each named with its value and the way out.
    public func resolved() throws(ConfigurationError) -> RunConfiguration {
        var resolved = self
        resolved.resolveModel()
        try resolved.resolveData()
        try resolved.checkDevices()
        try resolved.resolveSurroundings()
        try resolved.resolveAggregation()
        try checkErrorFeedback()
        try checkBitPlanning()
        (resolved.bits, resolved.demand) = (acceptedBits, generatedDemand)
        guard scheme != .fixed || acceptedBits.count == 1 else {
            throw ConfigurationError(
                "bits", resolved.text(of: .bits) ?? "", "is a range, but scheme fixed sends one width",
                wayOut: "set bits to 6, 7 or 8")
        }
        return resolved
    }

    private func checkBitPlanning() throws(ConfigurationError) {
        guard bitPlanning == .system else {
            guard let aggregateError else { return }
            throw ConfigurationError(
                "aggregate-error", "\(aggregateError)", "is not used where every device keeps to its own demand",
                wayOut: "leave it out, or use bit-planning system")
        }
        guard scheme == .onDemand else {
            throw ConfigurationError(
                "bit-planning", "system", "chooses bits, but scheme \(scheme.rawValue) has fixed ones",
                wayOut: "use scheme on-demand, or bit-planning device")
        }
        guard rule == .measured else {
            throw ConfigurationError(
                "bit-planning", "system", "needs exact errors, which rule \(rule.rawValue) does not look at",
                wayOut: "use rule measured, or bit-planning device")
        }
    }

    private mutating func resolveModel() {
        switch initial {
        case nil: preset = preset ?? .small
        case .checkpoint(let folder)?: initial = .checkpoint(folder: absolutePath(folder))
        case .builtin?: break
        }
    }

    private mutating func resolveData() throws(ConfigurationError) {
        switch data {
        case .synthetic:
            if case .generated(let count) = devices { images = images ?? Self.imagesPerDevice * count }
            try refuseCrop()
        case .cifar10(let folder):
            data = .cifar10(folder: absolutePath(folder))
            try refuseImages()
            try refuseCrop()
        case .gtsrb(let folder):
            data = .gtsrb(folder: absolutePath(folder))
            try refuseImages()
        case .folder(let folder):
            data = .folder(absolutePath(folder))
            try refuseImages()
            try refuseCrop()
        }
    }

    private func refuseCrop() throws(ConfigurationError) {
        guard let crop else { return }
        throw ConfigurationError(
            "crop", "\(crop)", "needs the signs' boxes, which data \(data.text) does not have",
            wayOut: "leave crop out, or use data gtsrb:DIR")
    }

    private func refuseImages() throws(ConfigurationError) {
        guard let images else { return }
        throw ConfigurationError(
            "images", String(images), "sets how many synthetic images are drawn, but data is \(data.text)",
            wayOut: "leave images out, or use data synthetic")
    }

    private func checkErrorFeedback() throws(ConfigurationError) {
        guard errorFeedback > 0 else { return }
        if payload != .change {
            throw ConfigurationError(
                "error-feedback", String(errorFeedback), "adds to what devices change, but they send \(payload.name)",
                wayOut: "use payload change, or error-feedback 0")
        }
        if scheme == .fedAvg {
            throw ConfigurationError(
                "error-feedback", String(errorFeedback), "has nothing to make up for: scheme fedavg sends exact values",
                wayOut: "use error-feedback 0, or another scheme")
        }
    }

    private mutating func checkDevices() throws(ConfigurationError) {
        switch devices {
        case .file(let path): devices = .file(absolutePath(path))
        case .generated(let count):
            if let select, select > count {
                throw ConfigurationError(
                    "select", String(select), "is more than the \(count) devices", wayOut: "use 1 to \(count), or more devices")
            }
            if let images, images < count {
                throw ConfigurationError(
                    "images", String(images), "is less than one image for each of \(count) devices",
                    wayOut: "use \(count) images or more")
            }
        }
    }

    func absolutePath(_ path: String) -> String {
        URL(fileURLWithPath: (path as NSString).expandingTildeInPath).standardizedFileURL.path
    }

    /// Synthetic images drawn for each device unless told otherwise.
    static let imagesPerDevice = 512
}
