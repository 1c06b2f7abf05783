import Foundation
import GreenDiffusion

/// A small run in a folder of its own that is put back after each input.
final class RunTemplate: Sendable {
    let path: String
    let kind: RunKind
    private let files: [String: Data]

    /// Trains it.
    ///
    /// - Parameter ofEarlierVersion: without what later versions compare a checkpoint with, so that what is in it is read.
    init(_ kind: RunKind, ofEarlierVersion: Bool = false) {
        self.kind = kind
        path = FileManager.default.temporaryDirectory.appendingPathComponent("fuzz-\(UUID().uuidString)").path
        do {
            switch kind {
            case .federated: try Self.trainFederated(path)
            case .pretraining: try Self.pretrain(path)
            }
            let names = try FileManager.default.subpathsOfDirectory(atPath: path)
            if ofEarlierVersion {
                for name in names where ["manifest.json", "settings.yaml", "settings.json"].contains(Self.last(name)) {
                    try FileManager.default.removeItem(atPath: "\(path)/\(name)")
                }
            }
            files = try Self.contents(path)
        } catch { fatalError("no run to begin with: \(error)") }
    }

    func write(_ bytes: Data, to file: String) {
        guard (try? bytes.write(to: URL(fileURLWithPath: "\(path)/\(file)"))) != nil else { fatalError("no room for \(file)") }
    }

    /// Takes the run up, to the same number of rounds or steps.
    func resume() throws -> String {
        switch kind {
        case .federated: try "\(FederatedRun.resume(path).completedRounds)"
        case .pretraining: try "\(PretrainingRun.resume(path, changing: .init(), threads: 1).step)"
        }
    }

    /// Writes a file as it was.
    func restore(_ name: String) { if let bytes = files[name] { write(bytes, to: name) } }

    /// Writes every file that is no longer as it was, and removes what was added.
    func restore() {
        guard let found = try? Self.contents(path) else { fatalError("\(path) is gone") }
        for name in found.keys where files[name] == nil { try? FileManager.default.removeItem(atPath: "\(path)/\(name)") }
        for (name, bytes) in files where found[name] != bytes {
            let folder = URL(fileURLWithPath: "\(path)/\(name)").deletingLastPathComponent()
            try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            write(bytes, to: name)
        }
    }

    private static func contents(_ path: String) throws -> [String: Data] {
        var contents: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: path) {
            if let bytes = try? Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")) { contents[name] = bytes }
        }
        return contents
    }

    private static func last(_ name: String) -> String { URL(fileURLWithPath: name).lastPathComponent }

    private static func trainFederated(_ path: String) throws {
        let images = "\(path)-images/class"
        try FileManager.default.createDirectory(atPath: images, withIntermediateDirectories: true)
        for number in 0..<64 {
            let pixels = (0..<192).map { UInt8(truncatingIfNeeded: $0 * number) }
            try Data("P6 8 8 255\n".utf8 + pixels).write(to: URL(fileURLWithPath: "\(images)/\(number).ppm"))
        }
        var configuration = RunConfiguration()
        let settings: [Setting: String] = [
            .data: "folder:\(path)-images", .preset: "tiny", .devices: "2", .rounds: "2", .localIterations: "1", .batchSize: "2",
            .threads: "1",
            .sampleEvery: "0", .evaluateEvery: "1", .keepCheckpoints: "1", .groupSize: "64",
        ]
        for (setting, text) in settings { try configuration.set(setting, to: text) }
        try FederatedRun.start(configuration, at: path).train { _ in }
    }

    private static func pretrain(_ path: String) throws {
        let settings = PretrainingSettings(
            data: "synthetic", preset: .tiny, batchSize: 2,
            learningRate: LearningRateSchedule(peak: 1e-3, warmUpSteps: 0, steps: 2, decay: .constant), weightDecay: 0.01,
            seed: 0,
            checkpointEvery: 2, sampleEvery: 0, evaluateEvery: 0)
        try PretrainingRun.start(settings, at: path, threads: 1).train { _ in .goOn }
    }
}
