import Foundation
import GreenDiffusion
import ImageFiles
import Kernels
import Model
import Records
import RunTestSupport
import TestSupport
import Testing

/// Federated runs whose models learn classes.
@Suite struct ConditionalRunTests {
    private let folder = TemporaryFolder()

    private func train(_ name: String, _ changes: [Setting: String] = [:]) throws -> FederatedRun {
        try TinyRun.train([.conditional: "on", .sampleEvery: "2"].merging(changes) { $1 }, at: folder.path(name))
    }

    private func message(_ start: () throws -> some Any) -> String {
        do {
            _ = try start()
            return "no error"
        } catch { return "\(error)" }
    }

    @Test func aResumedRunEndsAtTheSameBytesOnAnyNumberOfThreads() throws {
        do { _ = try train("whole") }
        do { _ = try train("parts", [.rounds: "1", .threads: "2"]) }
        let resumed = try FederatedRun.resume(folder.path("parts"), changing: [(.rounds, "3")])
        try resumed.train { _ in }
        #expect(try TinyRun.weights(folder.path("whole"), round: 3) == TinyRun.weights(folder.path("parts"), round: 3))
        let losses = try ["whole", "parts"].map { name in
            try RunFiles(path: folder.path(name)).roundsFile.read(RoundRecord.self).map(\.lossHeldOut)
        }
        #expect(losses[0] == losses[1] && losses[0].allSatisfy { $0.map { $0 > 0 && $0 < 2 } == true })
    }

    @Test func theModelKnowsTheClassesOfTheImages() throws {
        let run = try train("run", [.rounds: "1"])
        for path in [run.files.modelFolder, run.files.checkpointPath(round: 1)] {
            let checkpoint = try Checkpoint(directory: path)
            let names = try #require(checkpoint.classNames)
            #expect(names.count > 40 && names.contains("stop") && checkpoint.configuration.numClassEmbeds == names.count + 1)
        }
        let configuration = try String(contentsOfFile: run.files.configurationPath, encoding: .utf8)
        #expect(configuration.contains("conditional: on") && configuration.contains("label-dropout: 0.1"))
    }

    /// Other labels are hidden, other weights come out; and hiding all of them is not the same as not to know any.
    @Test func labelDropoutDecidesTheWeights() throws {
        for share in ["0", "0.5", "1"] { _ = try train(share, [.rounds: "1", .labelDropout: share]) }
        let weights = try ["0", "0.5", "1"].map { try TinyRun.weights(folder.path($0), round: 1)[0] }
        #expect(Set(weights).count == 3)
    }

    @Test func anUnconditionalModelLearnsClassesFromWhatItKnows() throws {
        let plain = try TinyRun.train([.rounds: "1"], at: folder.path("plain"))
        let start = try Checkpoint(directory: plain.files.modelFolder)
        var configuration = try TinyRun.configuration([.conditional: "on", .rounds: "1"])
        (configuration.preset, configuration.initial) = (nil, .checkpoint(folder: plain.files.modelFolder))
        let run = try FederatedRun.start(configuration, at: folder.path("run"))
        let begun = try Checkpoint(directory: run.files.checkpointPath(round: 0))
        let table = try #require(begun.configuration.parameterLayout.entries.first { $0.name == "class_embedding.weight" })
        let values = begun.parameters.values
        #expect(values[table.range].allSatisfy { $0 == 0 })
        #expect(Array(values[..<table.offset] + values[table.range.upperBound...]) == start.parameters.values)
        try run.train { _ in }
        let after = try Checkpoint(directory: run.files.checkpointPath(round: 1)).parameters.values
        #expect(after[table.range].contains { $0 != 0 })
    }

    @Test func modelsAndSettingsThatDoNotFitAreRefused() throws {
        let conditional = try train("conditional", [.rounds: "1"]).files.modelFolder
        var plain = try TinyRun.configuration()
        (plain.preset, plain.initial) = (nil, .checkpoint(folder: conditional))
        _ = try DryRun(plain)
        plain.isConditional = true
        _ = try DryRun(plain)
        try FileManager.default.removeItem(atPath: "\(conditional)/classes.json")
        plain.isConditional = false
        #expect(message { try DryRun(plain) }.contains("conditional off does not go with \(conditional), a model of"))
        plain.isConditional = true
        #expect(message { try DryRun(plain) }.contains("classes without names; write the names"))
        #expect(
            message { try TinyRun.configuration([.labelDropout: "0.2"]).resolved() }.hasPrefix("label-dropout 0.2 hides labels"))
        let image = RGBImage(width: 8, height: 8, fill: (9, 90, 200))
        for name in ["\u{e9}", "e\u{301}"] {
            try FileManager.default.createDirectory(atPath: folder.path("alike/\(name)"), withIntermediateDirectories: true)
            for number in 0..<4 { try ImageFile.write(image, to: folder.path("alike/\(name)/\(number).png")) }
        }
        var alike = try TinyRun.configuration([.conditional: "on", .data: "folder:\(folder.path("alike"))"])
        alike.images = nil
        #expect(message { try DryRun(alike) }.contains("twice (classes 0 and 1); call one of the folders otherwise"))
        try FileManager.default.createDirectory(atPath: folder.path("flat"), withIntermediateDirectories: true)
        for number in 0..<4 { try ImageFile.write(image, to: folder.path("flat/\(number).png")) }
        var flat = try TinyRun.configuration([.conditional: "on", .data: "folder:\(folder.path("flat"))"])
        flat.images = nil
        #expect(message { try DryRun(flat) }.contains("conditional on needs images of two classes or more"))
    }

    /// Folders `ann`, `bob` are devices; folders inside them, some of them on one device only, are classes.
    private func makeDevices() throws {
        for (number, path) in ["ann/stop", "ann/yield", "bob/stop", "bob/ice"].enumerated() {
            try FileManager.default.createDirectory(atPath: folder.path("images/\(path)"), withIntermediateDirectories: true)
            for image in 0..<2 {
                let picture = RGBImage(width: 8, height: 8, fill: (UInt8(40 * number), UInt8(100 * image), 200))
                try ImageFile.write(picture, to: folder.path("images/\(path)/\(image).png"))
            }
        }
    }

    private func onFolders() throws -> RunConfiguration {
        var configuration = RunConfiguration()
        let settings: [(Setting, String)] = [
            (.data, "folder:\(folder.path("images"))"), (.partition, "folders"), (.preset, "tiny"), (.rounds, "1"),
            (.localIterations, "1"), (.batchSize, "2"), (.sampleEvery, "0"), (.threads, "1"), (.conditional, "on"),
        ]
        for (setting, text) in settings { try configuration.set(setting, to: text) }
        return configuration
    }

    @Test func devicesOfFoldersShareTheClassesInside() throws {
        try makeDevices()
        let run = try FederatedRun.start(onFolders(), at: folder.path("run"))
        try run.train { _ in }
        #expect(try Checkpoint(directory: run.files.modelFolder).classNames == ["ice", "stop", "yield"])
    }

    @Test func aRunGoesOnWithClassesOfTheSameNamesOnly() throws {
        try makeDevices()
        do {
            let run = try FederatedRun.start(onFolders(), at: folder.path("run"))
            try run.train { _ in }
        }
        for device in ["ann", "bob"] {
            try FileManager.default.moveItem(
                atPath: folder.path("images/\(device)/stop"), toPath: folder.path("images/\(device)/sto"))
        }
        let problem = message { try FederatedRun.resume(folder.path("run"), changing: [(.rounds, "2")]) }
        #expect(problem.contains("class 1 is sto, it was stop"), "\(problem)")
    }
}
