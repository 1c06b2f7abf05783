import Foundation
import GreenDiffusion

/// A federated run that takes well under a second a round, for tests.
package enum TinyRun {
    package static func configuration(_ changes: [Setting: String] = [:]) throws -> RunConfiguration {
        var settings: [Setting: String] = [
            .preset: "tiny", .devices: "3", .images: "48", .rounds: "3", .localIterations: "2", .batchSize: "3",
            .learningRate: "0.002", .evaluateEvery: "2", .sampleEvery: "0", .threads: "1", .groupSize: "64",
        ]
        settings.merge(changes) { _, new in new }
        var configuration = RunConfiguration()
        for (setting, text) in settings { try configuration.set(setting, to: text) }
        return configuration
    }

    /// Starts a run and trains it to its last round.
    @discardableResult
    package static func train(_ changes: [Setting: String] = [:], at path: String) throws -> FederatedRun {
        let run = try FederatedRun.start(configuration(changes), at: path)
        try run.train { _ in }
        return run
    }

    /// The global and the averaged weights after a round, as bytes.
    package static func weights(_ path: String, round: Int) throws -> [Data] {
        try ["diffusion_pytorch_model", "training_state"].map { name in
            let folder = "\(path)/checkpoints/round-0000\(round)"
            return try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name).safetensors"))
        }
    }
}
