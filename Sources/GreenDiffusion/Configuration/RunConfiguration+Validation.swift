import FedRuntime
import Foundation
import Storage

// What depends on several settings: defaults that follow from others, and what does not go together.
extension RunConfiguration {
    /// The configuration with paths made absolute and what depends on other settings filled in: what `config.yaml` holds.
    ///
    /// - Throws: settings that do not go together, each named with its value and the way out.
    public func resolved() throws(ConfigurationError) -> RunConfiguration {
        var resolved = self
        resolved.makePathsAbsolute()
        resolved.fillIn()
        try resolved.checkCombinations()
        return resolved
    }

    private mutating func makePathsAbsolute() {
        func absolute(_ path: String) -> String {
            URL(fileURLWithPath: expandingHome(path)).standardizedFileURL.path
        }
        switch data {
        case .synthetic: break
        case .cifar10(let folder): data = .cifar10(folder: absolute(folder))
        case .gtsrb(let folder): data = .gtsrb(folder: absolute(folder))
        case .folder(let folder): data = .folder(absolute(folder))
        }
        if case .checkpoint(let folder)? = initial { initial = .checkpoint(folder: absolute(folder)) }
        if case .file(let path) = devices { devices = .file(absolute(path)) }
        if case .trace(let path) = fading { fading = .trace(path: absolute(path)) }
        // A run may be told to go on without distances.
        if features == "none" { (features, distanceImages) = (nil, nil) }
        features = features.map(absolute)
    }

    /// Gives a value to settings that have none and are used.
    private mutating func fillIn() {
        if initial == nil { preset = preset ?? .small }
        if devices == .automatic && partition != .folders { devices = .generated(count: Self.standardDeviceCount) }
        if case .synthetic = data, !partition.isOwn, case .generated(let count) = devices {
            images = images ?? Self.imagesPerDevice * count
        }
        if features != nil { distanceImages = distanceImages ?? DrawnDistances.standardCount }
        if isConditional { labelDropout = labelDropout ?? TrainedClasses.standardDropout }
        (bits, demand) = (acceptedBits, generatedDemand)
        if case .trimmedMean(let fraction) = aggregationRule { trimFraction = fraction }
        switch optimizer {
        case .fedAvg: break
        case .fedAvgM(let learningRate, let momentum), .fedAdam(let learningRate, let momentum):
            (serverLearningRate, serverMomentum) = (learningRate, momentum)
        }
    }

    /// Refuses settings that do not go together.
    private func checkCombinations() throws(ConfigurationError) {
        var (isSynthetic, isGTSRB, isFolder) = (false, false, false)
        switch data {
        case .synthetic: isSynthetic = true
        case .gtsrb: isGTSRB = true
        case .folder: isFolder = true
        case .cifar10: break
        }
        try refuse(
            .partition, when: partition == .folders && !isFolder,
            "makes devices of folders, which data \(data.text) does not have",
            wayOut: "use data folder:DIR with one folder a device, or partition iid")
        try checkOwnImages()
        try refuse(
            .images, when: !isSynthetic, "sets how many synthetic images are drawn, but data is \(data.text)",
            wayOut: "leave images out, or use data synthetic")
        try refuse(
            .crop, when: !isGTSRB && !partition.isOwn, "needs the signs' boxes, which data \(data.text) does not have",
            wayOut: "leave crop out, or use data gtsrb:DIR")
        try refuse(
            .labelDropout, when: !isConditional, "hides labels, which a model without classes does not have",
            wayOut: "leave it out, or set conditional to on")
        try refuse(
            .distanceImages, when: features == nil, "counts images whose distance is measured, which needs features",
            wayOut: "leave it out, or set features to a file of weights")
        try refuse(
            .features, when: evaluateEvery == 0, "is for evaluations, but evaluate-every is 0",
            wayOut: "set features to none, or evaluate-every to 5")
        switch devices {
        case .generated(let count):
            try checkSelection(of: count)
            try refuse(
                .images, when: images ?? count < count, "is less than one image for each of \(count) devices",
                wayOut: "use \(count) images or more")
        case .automatic: break
        case .file(let path):
            for setting in [Setting.profiles, .distance] {
                try refuse(
                    setting, "is for generated devices, but devices is \(path)",
                    wayOut: "leave it out, and write profile and distance_m into that file")
            }
        }
        try refuse(
            .profiles, when: workload == .paper, "does not go with workload paper, whose device is the paper's",
            wayOut: "leave it out, or use workload measured")
        try refuse(
            .trimFraction, when: aggregation != .trimmedMean, "is not used by aggregation \(aggregation.rawValue)",
            wayOut: "leave it out, or use aggregation trimmed-mean")
        for setting in [Setting.serverLearningRate, .serverMomentum] {
            try refuse(
                setting, when: serverOptimizer == .fedAvg,
                "is not used by server-optimizer fedavg, which takes the average as it is",
                wayOut: "leave it out, or use server-optimizer fedavgm or fedadam")
        }
        try checkUpdates()
    }

    /// Of devices on other machines that keep their images.
    private func checkOwnImages() throws(ConfigurationError) {
        guard partition.isOwn else { return }
        try refuse(
            .images, "sets how many images are drawn, but with partition own each device has its own", wayOut: "leave it out")
        try refuse(
            .conditional, when: isConditional, "needs all classes in one place, but with partition own each device has its own",
            wayOut: "leave it out")
        try refuse(
            .features, "measures distances to training images, which with partition own are not here",
            wayOut: "leave it out, and use greendiff evaluate where there are images")
    }

    /// Of what devices send.
    private func checkUpdates() throws(ConfigurationError) {
        let isSystem = bitPlanning == .system
        try refuse(
            .errorFeedback, when: errorFeedback > 0 && payload != .change,
            "adds to what devices change, but they send weights", wayOut: "use payload change, or error-feedback 0")
        try refuse(
            .errorFeedback, when: errorFeedback > 0 && scheme == .fedAvg,
            "has nothing to make up for: scheme fedavg sends exact values", wayOut: "use error-feedback 0, or another scheme")
        try refuse(
            .downlinkDemand, when: downlinkDemand != nil && downlinkBits != nil,
            "chooses the bits of the model that devices receive, but downlink-bits gives them",
            wayOut: "leave one of them out")
        try refuse(
            .aggregateError, when: !isSystem, "is not used where every device keeps to its own demand",
            wayOut: "leave it out, or use bit-planning system")
        try refuse(
            .bitPlanning, when: isSystem && scheme != .onDemand,
            "chooses bits, but scheme \(scheme.rawValue) has fixed ones", wayOut: "use scheme on-demand, or bit-planning device")
        try refuse(
            .bitPlanning, when: isSystem && rule != .measured,
            "needs exact errors, which rule \(rule.rawValue) does not look at",
            wayOut: "use rule measured, or bit-planning device")
        try refuse(
            .bits, when: scheme == .fixed && acceptedBits.count > 1, "is a range, but scheme fixed sends one width",
            wayOut: "set bits to 6, 7 or 8")
    }

    /// Refuses to select more devices than the `count` that there are.
    func checkSelection(of count: Int) throws(ConfigurationError) {
        try refuse(
            .select, when: select ?? count > count, "is more than the \(count) devices",
            wayOut: "use 1 to \(count), or more devices")
    }

    /// Throws where `setting` has a value and `isWrong`.
    private func refuse(
        _ setting: Setting, when isWrong: Bool = true, _ problem: @autoclosure () -> String, wayOut: String
    ) throws(ConfigurationError) {
        guard isWrong, let text = text(of: setting) else { return }
        throw ConfigurationError(setting.name, text, problem(), wayOut: wayOut)
    }

    /// Largest number of devices of one run.
    static let deviceLimit = 1_000_000
    /// Devices of a run that names none.
    static let standardDeviceCount = 10
    /// Synthetic images drawn for each device unless told otherwise.
    static let imagesPerDevice = 512
}
