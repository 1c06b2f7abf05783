import FedRuntime
import Foundation

extension RunConfiguration {
    /// The scheme with its bits.
    var federationScheme: Scheme {
        switch scheme {
        case .onDemand: .onDemand
        case .fixed: .fixed(bits: bits.upperBound)
        case .fedAvg: .fedAvg
        }
    }

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
        guard scheme != .fixed || bits.count == 1 else {
            throw ConfigurationError(
                "bits", text(of: .bits) ?? "", "is a range, but scheme fixed sends one width", wayOut: "set bits to 6, 7 or 8")
        }
        return resolved
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
