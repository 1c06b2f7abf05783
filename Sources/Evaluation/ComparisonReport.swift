import Foundation
import GreenDiffusion
import ImageQuality
import Report

/// What a comparison came to.
package struct ComparisonReport: Encodable {
    /// The network whose features were compared.
    package struct Network: Encodable {
        /// `given` where the features of both sides came from files.
        package let name: String
        /// Nil where they do not say.
        package let hash: String?
        package let resize: String?
    }

    package let frechetDistance: Double
    package let kidMean: Double?
    package let kidStandardError: Double?
    package let kidSubsets: Int?
    package let kidSubsetSize: Int?
    package let precision: Double?
    package let recall: Double?
    package let mind: Double?
    package let features: Network
    package let featureCount: Int
    package let reference: String
    package let samples: String
    package let referenceCount: Int?
    package let sampleCount: Int?
    /// Floating-point operations that drawing one image executed; nil for images that were there.
    package let flopsPerImage: Double?
    /// The file that keeps the reference's features.
    package let referenceStatistics: String?
    package let referencePixels: PixelStatistics?
    package let samplePixels: PixelStatistics?
    /// What to know before the distances are used, a line each.
    package let warnings: [String]

    init(
        distances: Distances, network: (any FeatureExtractor)?, referenceName: String, samplesName: String,
        reference: EvaluatedSet, samples: EvaluatedSet, drawn: DrawingSummary?, warnings: [String]
    ) {
        frechetDistance = distances.frechet
        (kidMean, kidStandardError) = (distances.kernel?.mean, distances.kernel?.standardError)
        (kidSubsets, kidSubsetSize) = (distances.kernel?.subsetCount, distances.kernel?.subsetSize)
        (precision, recall) = (distances.precisionRecall?.precision, distances.precisionRecall?.recall)
        mind = distances.monge
        features =
            if let network {
                Network(name: network.name, hash: network.hash, resize: network.resizeRule)
            } else {
                Network(name: "given", hash: samples.origin == nil ? nil : reference.origin?.hash, resize: nil)
            }
        featureCount = reference.featureCount
        (self.reference, self.samples) = (referenceName, samplesName)
        (referenceCount, sampleCount) = (reference.count, samples.count)
        flopsPerImage = drawn?.flopsPerImage
        referenceStatistics = reference.keptIn
        (referencePixels, samplePixels) = (reference.pixels, samples.pixels)
        self.warnings = warnings + Self.warnings(reference, samples)
    }

    private static func warnings(_ reference: EvaluatedSet, _ samples: EvaluatedSet) -> [String] {
        var warnings: [String] = []
        if let count = [reference.count, samples.count].compactMap(\.self).min(), count <= samples.featureCount {
            warnings.append(
                "\(count) images are no more than the \(samples.featureCount) features: the Frechet distance is far too large "
                    + "then, compare it at equal counts only, and look at KID and MIND")
        }
        if let real = reference.pixels, let made = samples.pixels, let difference = made.difference(from: real) {
            warnings.append("\(difference) of the samples' pixels differ from the reference's by more than chance explains")
        }
        return warnings
    }
}

extension ComparisonReport: CustomStringConvertible {
    /// A word and what it says, a line each.
    package var description: String {
        ([("network", networkText), ("reference", setText(reference, referenceCount, referenceStatistics))]
            + [("samples", setText(samples, sampleCount, nil))] + drawingLines + pixelLines + distanceLines
            + warnings.map { ("warning", $0) })
            .map { word, text in word.padding(toLength: 11, withPad: " ", startingAt: 0) + text }.joined(separator: "\n")
    }

    private var networkText: String {
        let hash = features.hash.map { ", hash \($0)" } ?? ""
        return "\(features.name), \(featureCount) features\(hash)\(features.resize.map { ", images resized by \($0)" } ?? "")"
    }

    private func setText(_ name: String, _ count: Int?, _ kept: String?) -> String {
        "\(name), \(count.map { "\($0) images" } ?? "statistics")\(kept.map { "; features kept in \($0)" } ?? "")"
    }

    private var drawingLines: [(String, String)] {
        flopsPerImage.map { [("drawing", "\(Quantity.flops($0)) an image (executed)")] } ?? []
    }

    private var pixelLines: [(String, String)] {
        [("reference", referencePixels), ("samples", samplePixels)].compactMap { name, pixels in
            guard let pixels else { return nil }
            func text(_ values: [Double]) -> String { values.map { String(format: "%.3f", $0) }.joined(separator: " ") }
            return ("pixels", "mean \(text(pixels.mean)), deviation \(text(pixels.deviation)) (R G B of 0 to 1, \(name))")
        }
    }

    private var distanceLines: [(String, String)] {
        var lines = [("frechet", number(frechetDistance))]
        if let kidMean, let kidSubsets, let kidSubsetSize {
            let error = kidStandardError.map { " +- \(number($0))" } ?? ""
            let subsets = kidSubsets == 1 ? "all \(kidSubsetSize) images" : "\(kidSubsets) subsets of \(kidSubsetSize)"
            lines.append(("kid", "\(number(kidMean))\(error) (\(subsets))"))
        }
        if let precision, let recall {
            lines.append(
                ("precision", "\(number(precision)), recall \(number(recall)) (\(PrecisionRecall.neighbours) neighbours)"))
        }
        if let mind { lines.append(("mind", "\(number(mind)) (\(MongeDistance.directionCount) directions)")) }
        return lines
    }

    private func number(_ value: Double) -> String { String(format: "%.4g", value) }
}
