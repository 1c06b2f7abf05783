import GreenDiffusion
import ImageFiles
import ImageQuality
import Kernels
import Storage

/// How far samples are from a reference: what is compared, and with which network.
package struct ImageComparison {
    /// Where the samples come from.
    package enum Samples {
        case source(EvaluationSource)
        /// Drawn for the comparison; nothing is written.
        case drawn(ModelSource, ImageDrawing)
    }

    /// What is under way.
    package enum Stage: String, Sendable {
        case reference, drawing, samples, distances
    }

    package var reference: EvaluationSource
    package var samples: Samples
    /// Nil where both sides are features already.
    package var network: (any FeatureExtractor)?
    /// The file of its weights.
    package var networkPath: String?
    /// Most images of a side, chosen by the seed; nil for all.
    package var count: Int?
    package var seed: UInt64
    package var threads: Int
    /// Where the reference's features are kept; nil for a file beside its data.
    package var statisticsPath: String?
    /// Where the features of both sides are written.
    package var featuresPath: String?

    package init(
        reference: EvaluationSource, samples: Samples, network: (any FeatureExtractor)?, networkPath: String? = nil,
        count: Int? = nil, seed: UInt64 = 0, threads: Int, statisticsPath: String? = nil, featuresPath: String? = nil
    ) {
        (self.reference, self.samples, self.network, self.networkPath) = (reference, samples, network, networkPath)
        (self.count, self.seed, self.threads) = (count, seed, threads)
        (self.statisticsPath, self.featuresPath) = (statisticsPath, featuresPath)
    }

    /// Called with what is under way, and how many of how many images, or distances, are done.
    package typealias Progress = (_ stage: Stage, _ done: Double, _ total: Int) -> Void

    /// Compares. The result depends on images, network, count and seed alone.
    ///
    /// - Throws: `EvaluationError` for what cannot be compared, and what reading files, drawing and writing throw.
    package func run(progress: Progress) throws -> ComparisonReport {
        try requireNetwork()
        if let statisticsPath, case .features(let path) = reference {
            throw EvaluationError(
                statisticsPath, "would keep what the network makes of images, and \(path) is features", wayOut: "leave it out")
        }
        try requireOutputs()
        if case .drawn(let model, let drawing) = samples { try drawing.check(model) }
        let (openedReference, openedSamples) = try open()
        var warnings: [String] = []
        let real = try evaluated(openedReference, .reference, reference.name, progress, &warnings)
        var drawn: DrawingSummary?
        let openedOrDrawn = try openedSamples ?? .images(draw(progress, &drawn))
        let made = try evaluated(openedOrDrawn, .samples, samplesName, progress, &warnings)
        try requireComparable(real, made)
        let usedNetwork = real.pixels == nil && made.pixels == nil ? nil : network
        if let featuresPath {
            guard let first = real.features, let second = made.features else {
                throw EvaluationError(featuresPath, "cannot be written: a side is statistics", wayOut: "leave it out")
            }
            try FeatureFile.write(reference: first, samples: second, network: usedNetwork, to: featuresPath)
        }
        let distances = try Distances(real, made, seed: seed, threads: threads) { progress(.distances, $0, Distances.count) }
        return ComparisonReport(
            distances: distances, network: usedNetwork, referenceName: reference.name, samplesName: samplesName, reference: real,
            samples: made, drawn: drawn,
            warnings: warnings)
    }

    /// Refuses outputs that cannot be written, or would replace what is read or each other.
    private func requireOutputs() throws {
        var inputs = [reference.file, networkPath].compactMap(\.self)
        switch samples {
        case .source(let source): inputs += [source.file].compactMap(\.self)
        case .drawn(let model, _): inputs += model.files
        }
        for path in [featuresPath, statisticsPath].compactMap(\.self) {
            try AtomicFile.requireReplaceable(path, madeFrom: inputs)
        }
        if let featuresPath, featuresPath == statisticsPath {
            throw EvaluationError(featuresPath, "is to hold two things", wayOut: "name two files")
        }
    }

    private var samplesName: String {
        switch samples {
        case .source(let source): source.name
        case .drawn(let model, let drawing):
            "\(model.text), drawn by \(drawing.method.rawValue)\(drawing.steps.map { ", \($0) steps" } ?? "")"
                + (drawing.classes.isEmpty ? "" : ", class \(drawing.classes.joined(separator: ","))")
                + (drawing.guidance == 1 ? "" : ", guidance \(drawing.guidance)") + ", seed \(drawing.seed)"
        }
    }

    private func requireNetwork() throws(EvaluationError) {
        guard network == nil else { return }
        var withImages: String? = reference.needsNetwork ? reference.name : nil
        switch samples {
        case .drawn: withImages = samplesName
        case .source(let source): if source.needsNetwork { withImages = source.name }
        }
        if let withImages { throw Self.needsNetwork(withImages) }
    }

    private static func needsNetwork(_ name: String) -> EvaluationError {
        EvaluationError(
            name, "has images, of which only a network makes features", wayOut: "give the file of its weights as",
            setting: "features")
    }

    /// Both sides; nil for samples that are yet to be drawn. A data set has the size of the first image on the other side.
    private func open() throws -> (reference: OpenedSource, samples: OpenedSource?) {
        func opened(_ source: EvaluationSource, _ stage: Stage, size: ImageSize) throws -> OpenedSource {
            try OpenedSource(source, role: stage.rawValue, size: size, count: count, seed: seed)
        }
        let usual = ImageSize.square(32)
        switch samples {
        case .drawn(let model, _): return (try opened(reference, .reference, size: model.imageSize()), nil)
        case .source(let source):
            if source.isDataSet {
                let real = try opened(reference, .reference, size: usual)
                return (real, try opened(source, .samples, size: real.firstSize ?? usual))
            }
            let made = try opened(source, .samples, size: usual)
            return (try opened(reference, .reference, size: made.firstSize ?? usual), made)
        }
    }

    private func draw(_ progress: Progress, _ drawn: inout DrawingSummary?) throws -> any ImageSet {
        guard case .drawn(let model, let drawing) = samples else { preconditionFailure("samples that are not drawn") }
        var images: [RGBImage] = []
        drawn = try drawing.forEachBatch(model) { share in
            progress(.drawing, share * Double(drawing.count), drawing.count)
        } _: { _, batch in
            images += batch
        }
        return ImagesInMemory(images)
    }
}

extension ImageComparison {
    /// One side with its features.
    private func evaluated(
        _ source: OpenedSource, _ stage: Stage, _ name: String, _ progress: Progress, _ warnings: inout [String]
    ) throws -> EvaluatedSet {
        let use: EvaluationRandom.Use = stage == .reference ? .referenceImages : .sampleImages
        let chosen = source.count.map { EvaluationRandom.subset(of: $0, size: count ?? $0, use, number: 0, seed: seed) } ?? []
        if let available = source.count, chosen.count < 2 {
            throw EvaluationError(
                name, "has \(available) image\(available == 1 ? "" : "s")", wayOut: "a distance needs at least 2 a side")
        }
        switch source {
        case .moments(let moments):
            warnings.append("\(name) does not say which network its statistics are of: they must be of the same")
            return EvaluatedSet(moments: moments)
        case .features(let file):
            if file.origin == nil && network != nil {
                warnings.append("\(name) does not say which network its features are of: they must be of the same")
            }
            return EvaluatedSet(features: file.features.rows(chosen), origin: file.origin)
        case .images(let set):
            guard let network else { throw Self.needsNetwork(name) }
            let kept = stage == .reference ? keptFeatures(network) : nil
            let total = chosen.count
            func read(_ network: (any FeatureExtractor)?) throws -> ReadImages {
                try ReadImages(set, chosen, network: network, threads: threads) { progress(stage, Double($0), total) }
            }
            var seen: ReadImages?
            let found = try kept?.features(by: network, count: total) {
                let images = try read(nil)
                seen = images
                return images.fingerprint
            }
            if let found, let seen { return EvaluatedSet(features: found, pixels: seen.pixels, keptIn: kept?.path) }
            let images = try read(network)
            guard let kept, let features = images.features else {
                return EvaluatedSet(features: images.features, pixels: images.pixels)
            }
            let failure = try kept.keep(features, of: FeatureFile.Origin(network, data: images.fingerprint))
            if let failure { warnings.append(failure) }
            return EvaluatedSet(features: features, pixels: images.pixels, keptIn: failure == nil ? kept.path : nil)
        }
    }

    private func keptFeatures(_ network: any FeatureExtractor) -> ReferenceFeatures? {
        if let statisticsPath { return ReferenceFeatures(path: statisticsPath, isNamed: true) }
        return reference.cachePath(network: network.name).map { ReferenceFeatures(path: $0, isNamed: false) }
    }

    /// Features of two networks, or of two lengths, have no distance.
    private func requireComparable(_ real: EvaluatedSet, _ made: EvaluatedSet) throws(EvaluationError) {
        guard real.featureCount == made.featureCount else {
            throw EvaluationError(
                samplesName, "has \(made.featureCount) features an image, \(reference.name) has \(real.featureCount)",
                wayOut: "use features of one network on both sides")
        }
        let known = network.map { (name: $0.name, hash: $0.hash) }
        let origins = [real.origin, made.origin].compactMap(\.self).map { (name: $0.network, hash: $0.hash) }
        let networks = (known.map { [$0] } ?? []) + origins
        guard let first = networks.first, let other = networks.first(where: { $0.hash != first.hash }) else { return }
        throw EvaluationError(
            "features of \(other.name) (\(other.hash))", "do not compare with those of \(first.name) (\(first.hash))",
            wayOut: "use one network on both sides")
    }
}
