import Kernels
import Model

/// The networks whose features can be computed; the raw values are what files of weights call them.
package enum FeatureArchitecture: String, CaseIterable, Sendable {
    /// 1,280 features of images of 112x112; its weights are small and free.
    case efficientNetLite0 = "efficientnet-lite0"
    /// 2,048 features of images of 299x299: those of the published Frechet inception distances.
    case inceptionV3 = "inception-v3-fid"

    /// Side of the images that the network sees.
    var side: Int {
        switch self {
        case .efficientNetLite0: 112
        case .inceptionV3: 299
        }
    }

    /// Numbers that it makes of an image.
    package var featureCount: Int {
        switch self {
        case .efficientNetLite0: EfficientNetLite0.featureCount
        case .inceptionV3: InceptionV3.featureCount
        }
    }

    /// Images at once: few enough that activations stay near the processor, enough that packing weights does not count.
    var batch: Int {
        switch self {
        case .efficientNetLite0: 16
        case .inceptionV3: 8
        }
    }

    /// What values 0 to 1 become, by channel: `scale * value + shift`.
    var normalization: (scale: [Float], shift: [Float]) {
        switch self {
        case .efficientNetLite0:
            // Mean and deviation of ImageNet's images.
            let (means, deviations): ([Float], [Float]) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
            return (deviations.map { 1 / $0 }, zip(means, deviations).map { -$0 / $1 })
        case .inceptionV3: return ([2, 2, 2], [-1, -1, -1])
        }
    }

    func layers(_ weights: NetworkWeights) throws -> NetworkLayer {
        switch self {
        case .efficientNetLite0: try EfficientNetLite0.layers(weights)
        case .inceptionV3: try InceptionV3.layers(weights)
        }
    }

    /// What makes a file with its weights.
    var wayOut: String {
        switch self {
        case .efficientNetLite0: "make the file anew with scripts/convert-features efficientnet-lite0 FILE"
        case .inceptionV3: "make the file anew with scripts/convert-features inception FILE"
        }
    }

    /// A tensor that this network alone has.
    private var mark: String {
        switch self {
        case .efficientNetLite0: "_conv_stem.weight"
        case .inceptionV3: "Conv2d_1a_3x3.conv.weight"
        }
    }

    /// The network that a file's `network` in its metadata names, or else the one whose tensors it has.
    static func of(_ reader: SafetensorsReader) throws(EvaluationError) -> FeatureArchitecture {
        let wayOut = "make the file with scripts/convert-features efficientnet-lite0 FILE, or inception"
        if let name = reader.metadata.first(where: { $0.name == "network" })?.text {
            guard let architecture = FeatureArchitecture(rawValue: name) else {
                let known = allCases.map(\.rawValue).joined(separator: " and ")
                throw EvaluationError(reader.path, "holds the network \(name), known are \(known)", wayOut: wayOut)
            }
            return architecture
        }
        guard let architecture = allCases.first(where: { reader.entry($0.mark) != nil }) else {
            let found = reader.entries.first.map { "\(reader.entries.count) tensors from \($0.name) on" } ?? "no tensors"
            let expected = allCases.map { "\($0.mark) of \($0.rawValue)" }.joined(separator: " or ")
            throw EvaluationError(
                reader.path, "holds no known feature network: it has \(found), neither \(expected)", wayOut: wayOut)
        }
        return architecture
    }
}
