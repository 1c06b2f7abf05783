import Evaluation
import Foundation
import GreenDiffusion
import ImageQuality
import Kernels
import Model
import Records
import RunTestSupport
import TestSupport
import Testing

/// Distances that training measures, with Lite0 of weights from a formula.
@Suite struct TrainingDistanceTests {
    private let folder = TemporaryFolder()

    /// A file of weights as `scripts/convert-features` writes it.
    private func networkFile() throws -> String {
        var tensors: [NamedTensor] = []
        let weights = NetworkWeights { name, shape in
            let tensor = FormulaWeights.tensor(name, shape)
            tensors.append(NamedTensor(name, tensor))
            return tensor
        }
        _ = try FeatureNetwork(.efficientNetLite0, weights: weights, threads: 2)
        let path = folder.path("lite0.safetensors")
        let metadata = [(name: "network", text: FeatureArchitecture.efficientNetLite0.rawValue)]
        try writeSafetensors(tensors, to: path, metadata: metadata)
        return path
    }

    private func images() throws -> String { "folder:" + (try writeImages(folder, "images", count: 12, seed: 3)) }

    /// What `greendiff evaluate --checkpoint MODEL` says of the run's model.
    private func evaluated(_ model: String, data: String, features: String, seed: UInt64) throws -> ComparisonReport {
        let drawing = ImageDrawing(method: .ddim, steps: nil, count: 8, seed: seed, threads: 2, gridPath: nil, folder: nil)
        let comparison = ImageComparison(
            reference: try EvaluationSource(parsing: data, setting: "reference"),
            samples: .drawn(.checkpoint(folder: model), drawing), network: try openFeatureNetwork(features, threads: 2), count: 8,
            seed: seed, threads: 2)
        return try comparison.run { _, _, _ in }
    }

    @Test func aFederatedRunMeasuresWhatEvaluateDoes() throws {
        let (features, data, path) = (try networkFile(), try images(), folder.path("run"))
        let settings: [Setting: String] = [
            .data: data, .partition: "iid", .features: features, .distanceImages: "8", .seed: "5", .rounds: "2",
        ]
        var configuration = try TinyRun.configuration(settings)
        configuration.images = nil
        let run = try FederatedRun.start(configuration, at: path)
        var shares: [Double] = []
        try run.train { progress in if let share = progress.evaluation { shares.append(share) } }
        let last = try #require(try run.lastDistances)
        let report = try evaluated(run.files.modelFolder, data: data, features: features, seed: 5)
        #expect(last.frechet == report.frechetDistance && last.kidMean == report.kidMean && last.mind == report.mind)
        #expect(last.precision == report.precision && last.recall == report.recall && last.imageCount == 8)
        #expect(shares.last == 1 && shares == shares.map { min(max($0, 0), 1) })
        #expect(try run.files.rounds().map { $0.distances != nil } == [true, true], "the first round, and every second")
        #expect(try run.summary().kidMeanLast == last.kidMean)
        let file = try #require(try tensorBoardFile(path))
        let log = try Data(contentsOf: URL(fileURLWithPath: file))
        #expect(log.range(of: Data("distance/kid".utf8)) != nil)
    }

    @Test func distancesDoNotDependOnThreadsOrOnAnInterruption() throws {
        let (features, data) = (try networkFile(), try images())
        var settings: [Setting: String] = [
            .data: data, .partition: "iid", .features: features, .distanceImages: "4", .evaluateEvery: "1",
        ]
        func run(_ name: String, stopping: Bool) throws -> [ImageDistances?] {
            var configuration = try TinyRun.configuration(settings)
            configuration.images = nil
            guard stopping else {
                let run = try FederatedRun.start(configuration, at: folder.path(name))
                try run.train { _ in }
                return try run.files.rounds().map(\.distances)
            }
            // The folder is locked as long as the run lives.
            var hasRound = false
            #expect(throws: FederatedRunError.self) {
                try FederatedRun.start(configuration, at: folder.path(name)).train(isInterrupted: { hasRound }) {
                    hasRound = $0.isRoundEnd
                }
            }
            let resumed = try FederatedRun.resume(folder.path(name), changing: [(.threads, "2")])
            try resumed.train { _ in }
            return try resumed.files.rounds().map(\.distances)
        }
        let whole = try run("whole", stopping: false)
        settings[.threads] = "2"
        let stopped = try run("stopped", stopping: true)
        #expect(whole.count == 3 && whole.allSatisfy { $0 != nil } && stopped == whole)
    }

    @Test func anInterruptionDoesNotWaitForDistances() throws {
        var configuration = try TinyRun.configuration([
            .data: try images(), .partition: "iid", .features: try networkFile(), .distanceImages: "4", .evaluateEvery: "1",
        ])
        configuration.images = nil
        let path = folder.path("run")
        var (isEvaluating, shares) = (false, 0)
        #expect(throws: FederatedRunError.self) {
            try FederatedRun.start(configuration, at: path).train(isInterrupted: { isEvaluating }) { progress in
                guard progress.evaluation != nil else { return }
                (isEvaluating, shares) = (true, shares + 1)
            }
        }
        let rounds = try RunFiles(path: path).rounds()
        #expect(shares == 1 && rounds.count == 1 && rounds[0].distances == nil && rounds[0].loss != nil)
        let resumed = try FederatedRun.resume(path, changing: [(.features, "none")])
        try resumed.train { _ in }
        #expect(try resumed.files.rounds().map { $0.distances == nil } == [true, true, true])
        #expect(resumed.configuration.features == nil && resumed.configuration.distanceImages == nil)
    }

    @Test func aDrawnSetIsAsLargeAsItLikes() {
        let chosen = EvaluationRandom.subset(of: 1 << 31, size: 50, .referenceImages, number: 0, seed: 1)
        #expect(Set(chosen).count == 50 && chosen == chosen.sorted() && chosen.allSatisfy { $0 < 1 << 31 })
        #expect(EvaluationRandom.subset(of: 5, size: 4, .sampleImages, number: 0, seed: 1).count == 4)
    }

    @Test func pretrainingMeasuresWhatEvaluateDoes() throws {
        let (features, data) = (try networkFile(), try images())
        let settings = PretrainingSettings(
            data: data, preset: .tiny, batchSize: 4,
            learningRate: LearningRateSchedule(peak: 1e-3, warmUpSteps: 0, steps: 6, decay: .constant), weightDecay: 0.01,
            seed: 7,
            sampleEvery: 0, evaluateEvery: 3, features: features, distanceImages: 8)
        let run = try PretrainingRun.start(settings, at: folder.path("pretrained"), threads: 2)
        try run.train { _ in .goOn }
        let last = try #require(try run.lastDistances)
        let report = try evaluated(run.modelPath, data: data, features: features, seed: 7)
        #expect(last.frechet == report.frechetDistance && last.kidMean == report.kidMean)
        #expect(try run.files.progress().filter { $0.distances != nil }.map(\.step) == [3, 6])
        #expect(try run.summary().frechetDistanceLast == last.frechet)
    }

    @Test func whatDoesNotGoTogetherIsOneLine() throws {
        func message(_ settings: [Setting: String]) -> String {
            do { return "\(try TinyRun.configuration(settings).resolved())" } catch { return "\(error)" }
        }
        #expect(message([.distanceImages: "9"]).contains("distance-images 9 counts images"))
        #expect(message([.features: "x", .evaluateEvery: "0"]).contains("evaluate-every is 0"))
        #expect(throws: EvaluationError.self) {
            let file = folder.path("other.safetensors")
            try writeSafetensors([NamedTensor("x", Tensor(shape: [2, 2]))], to: file)
            _ = try FederatedRun.start(TinyRun.configuration([.features: file]), at: folder.path("none"))
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path("none")), "a run that cannot start leaves no folder")
    }

    private func tensorBoardFile(_ run: String) throws -> String? {
        let folder = "\(run)/tensorboard"
        return try FileManager.default.contentsOfDirectory(atPath: folder).first.map { "\(folder)/\($0)" }
    }
}
