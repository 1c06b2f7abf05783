// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation
// Names and documentation of these functions are those of greendiff.h, which the compiler holds them to.
import CGreenDiffusion
import Evaluation
import Foundation
import GreenDiffusion
import ImageQuality
import Model

@c @implementation
public func greendiff_evaluate(
    _ options: UnsafePointer<CChar>?, _ optionsSize: Int, _ report: UnsafeMutablePointer<OpaquePointer?>?,
    _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> greendiff_status {
    reporting(error) {
        let place = try place(report, "the report")
        let result = try comparison(text(options, optionsSize)).run { _, _, _ in }
        place.pointee = ByteBuffer(try jsonText(of: result).utf8).retained()
    }
}

/// Images that a model draws where nobody says how many.
private let drawnCount = 1000

private func comparison(_ json: String) throws -> ImageComparison {
    var given = try Options(json: json)
    let (seed, threads) = (try given.seed(), try given.threads())
    let count = try given.integer("count", in: 2...10_000_000)
    let (reference, samples, checkpoint) = (
        try given.text("reference"), try given.text("samples"), try given.text("checkpoint")
    )
    let (features, statistics, written) = (
        try given.text("features"), try given.text("statistics"), try given.text("write_features")
    )
    let drawing = try drawing(&given, count: count ?? drawnCount, seed: seed, threads: threads)
    try given.end()
    guard let reference else {
        throw ConfigurationError("reference", "", "is missing", wayOut: "name a folder, a data set or a file")
    }
    let judged: ImageComparison.Samples
    switch (samples, checkpoint) {
    case (let samples?, nil):
        if let name = drawing.given {
            throw ConfigurationError(name, "", "says how a model draws", wayOut: "give checkpoint, or leave it out")
        }
        judged = .source(try EvaluationSource(parsing: samples, setting: "samples"))
    case (nil, let checkpoint?): judged = .drawn(try ModelSource(parsing: checkpoint, setting: "checkpoint"), drawing.drawing)
    default:
        throw ConfigurationError(
            "samples and checkpoint", "", samples == nil ? "are both missing" : "are two things to judge", wayOut: "give one")
    }
    return ImageComparison(
        reference: try EvaluationSource(parsing: reference, setting: "reference"), samples: judged,
        network: try features.map { try openFeatureNetwork($0, threads: threads) }, networkPath: features, count: count,
        seed: seed, threads: threads, statisticsPath: statistics, featuresPath: written)
}

/// How a model draws, and the first option that says so.
private func drawing(
    _ given: inout Options, count: Int, seed: UInt64, threads: Int
) throws(ConfigurationError) -> (drawing: ImageDrawing, given: String?) {
    let sampler: ImageDrawing.Method? = try given.choice("sampler")
    let steps = try given.integer("steps", in: 1...100_000)
    let spacing: TimestepSpacing? = try given.choice("spacing")
    let (karras, thresholds) = (try given.flag("karras"), try given.flag("dynamic_thresholding"))
    let (classes, guidance) = (try given.text("class"), try given.number("guidance", in: 0...100))
    var drawing = ImageDrawing(
        method: sampler ?? .ddim, steps: steps, count: count, seed: seed, threads: threads, gridPath: nil, folder: nil)
    (drawing.spacing, drawing.usesKarrasLevels, drawing.usesDynamicThreshold) = (spacing, karras, thresholds)
    drawing.classes = classes?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) } ?? []
    (drawing.guidance, drawing.mixesClasses) = (guidance ?? 1, true)
    let used = [
        ("sampler", sampler != nil), ("steps", steps != nil), ("spacing", spacing != nil), ("karras", karras),
        ("dynamic_thresholding", thresholds), ("class", classes != nil), ("guidance", guidance != nil),
    ]
    return (drawing, used.first(where: \.1)?.0)
}
