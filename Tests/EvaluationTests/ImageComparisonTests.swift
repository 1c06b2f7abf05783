import Evaluation
import Foundation
import GreenDiffusion
import ImageFiles
import ImageQuality
import Kernels
import Model
import TestSupport
import Testing

@Suite struct ImageComparisonTests {
    private let folder = TemporaryFolder()

    private func run(
        _ reference: String, _ samples: String, _ network: (any FeatureExtractor)? = QuarterAverages(),
        _ change: (inout ImageComparison) -> Void = { _ in }
    ) throws -> ComparisonReport {
        var comparison = ImageComparison(
            reference: try EvaluationSource(parsing: reference, setting: "reference"),
            samples: .source(try EvaluationSource(parsing: samples, setting: "samples")), network: network, threads: 2)
        change(&comparison)
        return try comparison.run { _, _, _ in }
    }

    private func error(_ body: @autoclosure () throws -> ComparisonReport) -> String {
        do {
            return "no error: \(try body())"
        } catch { return "\(error)" }
    }

    @Test func foldersOfImagesAreCompared() throws {
        let real = try writeImages(folder, "real", count: 40, seed: 1)
        let near = try run(real, writeImages(folder, "near", count: 40, seed: 2))
        let far = try run(real, writeImages(folder, "far", count: 40, seed: 3, brightness: 0.3))
        #expect(near.frechetDistance < far.frechetDistance / 10)
        #expect(try #require(near.kidMean) < #require(far.kidMean) / 10)
        #expect(try #require(near.mind) < #require(far.mind) / 10)
        #expect(near.features.name == "quarter-averages" && near.features.hash == "00ff" && near.referenceCount == 40)
        #expect(
            far.warnings.contains { $0.contains("pixels differ") } && !near.warnings.contains { $0.contains("pixels differ") })
    }

    @Test func featuresOfTheReferenceAreKeptAndUsedForTheSameImagesAlone() throws {
        let real = try writeImages(folder, "real", count: 30, seed: 1)
        let samples = try run("synthetic", writeImages(folder, "made", count: 30, seed: 2)) {
            $0.featuresPath = folder.path("features.safetensors")
        }
        #expect(samples.referenceStatistics == nil)
        let made = folder.path("features.safetensors")
        let first = try run(real, made)
        #expect(try run(real, made, UnusedNetwork()).frechetDistance == first.frechetDistance)
        // One image more, one image changed, or another network: made anew.
        _ = try writeImages(folder, "real", count: 31, seed: 1)
        let more = try run(real, made)
        #expect(more.referenceCount == 31)
        _ = try writeImages(folder, "real", count: 31, seed: 9)
        #expect(try run(real, made).frechetDistance != more.frechetDistance)
        let other = try run(real, folder.path("made"), QuarterAverages(hash: "1234"))
        #expect(other.features.hash == "1234")
    }

    @Test func aNamedFileOfOtherFeaturesIsRefused() throws {
        let (real, made) = try (writeImages(folder, "real", count: 20, seed: 1), writeImages(folder, "made", count: 20, seed: 2))
        let path = folder.path("kept.safetensors")
        let first = try run(real, made) { $0.statisticsPath = path }
        #expect(first.referenceStatistics == path)
        #expect(!FileManager.default.fileExists(atPath: real + "/.greendiff-quarter-averages.safetensors"))
        #expect(try run(real, made) { $0.statisticsPath = path }.frechetDistance == first.frechetDistance)
        let message = error(try run(made, real) { $0.statisticsPath = path })
        #expect(message.contains("other images") && message.contains(path), "\(message)")
        let network = error(try run(real, made, QuarterAverages(hash: "1234")) { $0.statisticsPath = path })
        #expect(network.contains("1234") && network.contains("00ff"), "\(network)")
    }

    @Test func writtenFeaturesGiveTheSameDistances() throws {
        let (real, made) = try (writeImages(folder, "real", count: 25, seed: 1), writeImages(folder, "made", count: 35, seed: 2))
        let path = folder.path("features.safetensors")
        let first = try run(real, made) { $0.featuresPath = path }
        let reader = try SafetensorsReader(path: path)
        #expect(reader.entry("reference")?.shape == [25, 24] && reader.entry("samples")?.shape == [35, 24])
        let again = try run(path, path, nil)
        #expect(again.features.name == "given" && again.features.hash == "00ff" && again.referencePixels == nil)
        #expect(again.frechetDistance == first.frechetDistance && again.mind == first.mind && again.kidMean == first.kidMean)
    }

    @Test func imagesOfManySizesGoThroughTheNetworkAtTheirOwn() throws {
        let mixed = try writeImages(folder, "mixed", count: 6, seed: 1)
        _ = try writeImages(folder, "mixed/wide", count: 5, width: 12, height: 6, seed: 2)
        let path = folder.path("features.safetensors")
        let report = try run(mixed, writeImages(folder, "made", count: 11, seed: 3)) { $0.featuresPath = path }
        #expect(report.referenceCount == 11)
        let alone = try run(folder.path("mixed/wide"), folder.path("made")) { $0.featuresPath = folder.path("wide.safetensors") }
        #expect(alone.referenceCount == 5)
        let (all, wide) = try (
            FeatureFile(path, role: "reference"), FeatureFile(folder.path("wide.safetensors"), role: "reference")
        )
        #expect(Array(all.features.values.suffix(5 * 24)) == wide.features.values)
    }

    @Test func aCountTakesSomeOfEachSide() throws {
        let (real, made) = try (writeImages(folder, "real", count: 25, seed: 1), writeImages(folder, "made", count: 9, seed: 2))
        let report = try run(real, made) { $0.count = 12 }
        #expect(report.referenceCount == 12 && report.sampleCount == 9)
        let other = try run(real, made) { comparison in (comparison.count, comparison.seed) = (12, 1) }
        #expect(other.frechetDistance != report.frechetDistance)
    }

    @Test func dataSetsHaveTheSizeOfTheOtherSide() throws {
        let report = try run("synthetic", writeImages(folder, "made", count: 8, width: 16, height: 12, seed: 2)) { $0.count = 8 }
        #expect(report.referenceCount == 8)
        let opened = try OpenedSource(
            .data(.synthetic(style: nil)), role: "reference", size: ImageSize(width: 16, height: 12), count: 8, seed: 0)
        #expect(opened.firstSize == ImageSize(width: 16, height: 12))
    }

    @Test func drawnImagesAreCompared() throws {
        let drawing = ImageDrawing(method: .ddim, steps: 1, count: 3, seed: 0, threads: 2, gridPath: nil, folder: nil)
        var comparison = ImageComparison(
            reference: .data(.synthetic(style: nil)), samples: .drawn(.builtin(name: "signs-small"), drawing),
            network: QuarterAverages(), count: 3, threads: 2)
        comparison.featuresPath = folder.path("features.safetensors")
        var stages: [ImageComparison.Stage] = []
        let report = try comparison.run { stage, _, _ in if stages.last != stage { stages.append(stage) } }
        #expect(report.sampleCount == 3 && stages == [.reference, .drawing, .samples, .distances])
        #expect(report.precision == nil, "three images have no third neighbour")
    }

    @Test func classesAreDrawnInTurnUntilTheCountIsReached() throws {
        let settings = PretrainingSettings(
            data: "synthetic", preset: .tiny, batchSize: 2,
            learningRate: LearningRateSchedule(peak: 1e-3, warmUpSteps: 0, steps: 1, decay: .constant), weightDecay: 0.01,
            seed: 1,
            sampleEvery: 0, isConditional: true)
        let run = try PretrainingRun.start(settings, at: folder.path("run"), threads: 2)
        try run.train { _ in .goOn }
        func report(_ classes: [String], guidance: Double = 1) throws -> ComparisonReport {
            var drawing = ImageDrawing(method: .dpmSolver, steps: 2, count: 5, seed: 0, threads: 2, gridPath: nil, folder: nil)
            (drawing.classes, drawing.guidance, drawing.mixesClasses) = (classes, guidance, true)
            let comparison = ImageComparison(
                reference: .data(.synthetic(style: nil)), samples: .drawn(.checkpoint(folder: run.modelPath), drawing),
                network: QuarterAverages(), count: 5, threads: 2)
            return try comparison.run { _, _, _ in }
        }
        let all = try report(["all"])
        let guided = try report(["stop", "limit 30"], guidance: 2)
        #expect(all.sampleCount == 5 && guided.sampleCount == 5 && guided.samples.contains("class stop,limit 30, guidance 2.0"))
        let flops = try #require(all.flopsPerImage)
        #expect(flops > 1e5 && guided.flopsPerImage == 2 * flops, "guidance takes a second pass")
        #expect(throws: ConfigurationError.self) { try report(["no such sign"]) }
    }

    @Test func statisticsFilesGiveTheFrechetDistanceAlone() throws {
        let features = folder.path("six.safetensors")
        try writeSafetensors([NamedTensor("features", randomFeatures(50, 6, seed: 4))], to: features)
        let report = try run(DistanceFixture.path("statistics.npz"), features, nil)
        #expect(report.frechetDistance > 0 && report.kidMean == nil && report.mind == nil && report.referenceCount == nil)
        #expect(report.warnings.contains { $0.contains("does not say which network") })
    }

    @Test func fewImagesAreWarnedOf() throws {
        let (real, made) = try (writeImages(folder, "real", count: 25, seed: 1), writeImages(folder, "made", count: 9, seed: 2))
        #expect(try run(real, made).warnings.contains { $0.contains("9 images are no more than the 24 features") })
        #expect(try !run(real, real).warnings.contains { $0.contains("no more than") })
    }

    @Test func whatCannotBeComparedIsOneLine() throws {
        let real = try writeImages(folder, "real", count: 5, seed: 1)
        let one = try writeImages(folder, "one", count: 1, seed: 2)
        func file(_ name: String, _ tensors: [NamedTensor], network: String? = nil) throws -> String {
            let origin = [("network", "n"), ("network_hash", network ?? ""), ("resize", "r"), ("data", "d")].map {
                (name: $0.0, text: $0.1)
            }
            try writeSafetensors(tensors, to: folder.path(name), metadata: network == nil ? [] : origin)
            return folder.path(name)
        }
        let six = try file("six.safetensors", [NamedTensor("features", randomFeatures(5, 6, seed: 1))])
        let seven = try file("seven.safetensors", [NamedTensor("features", randomFeatures(5, 7, seed: 1))])
        let other = try file("other.safetensors", [NamedTensor("features", randomFeatures(5, 24, seed: 1))], network: "beef")
        let two = try file(
            "two.safetensors", [NamedTensor("a", randomFeatures(5, 6, seed: 1)), NamedTensor("b", randomFeatures(5, 6, seed: 1))])
        let broken = randomFeatures(5, 6, seed: 1)
        broken[7] = .nan
        let nan = try file("nan.safetensors", [NamedTensor("features", broken)])
        let huge = randomFeatures(5, 6, seed: 1)
        huge[7] = 1e30
        let wide = try file("wide.safetensors", [NamedTensor("features", Tensor(shape: [2, 8193]))])
        let large = try file("large.safetensors", [NamedTensor("features", huge)])
        var nanNetwork = NaNNetwork()
        nanNetwork.name = "broken"
        for (message, words) in [
            (error(try run(one, real)), "has 1 image;"),
            (error(try run(real, real, nil)), "file of its weights"), (error(try run(six, seven, nil)), "has 7 features"),
            (error(try run(real, other)), "beef"), (error(try run(two, six, nil)), "no tensor reference or features"),
            (error(try run(wide, six, nil)), "has 8193 features an image, more than 8192"),
            (error(try run(nan, six, nil)), "row 1"), (error(try run(large, six, nil)), "not finite"),
            (error(try run(six, real) { $0.statisticsPath = "kept" }), "is features; leave it out"),
            (error(try run(real, six)), "has 6 features"), (error(try run(real, real, nanNetwork)), "not finite for image 0"),
        ] {
            #expect(message.contains(words) && !message.contains("\n"), "\(message)")
        }
    }

    private struct NaNNetwork: FeatureExtractor {
        var name = "nan"
        let hash = "0"
        let resizeRule = "none"
        let featureCount = 2
        func features(of images: Tensor) -> Tensor {
            Tensor(shape: [images.shape[0], 2], values: .init(repeating: .nan, count: images.shape[0] * 2))
        }
    }
}
