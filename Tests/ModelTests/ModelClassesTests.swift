import Foundation
import Kernels
import Model
import Storage
import TestSupport
import Testing

/// `classes.json`, and models that learn other classes than they had.
@Suite struct ModelClassesTests {
    private let folder = TemporaryFolder()

    private func checkpoint(labels: Int?, names: [String]? = nil) throws -> Checkpoint {
        var configuration = UNetConfiguration.tiny
        configuration.numClassEmbeds = labels
        let model = try UNet(configuration, context: ComputeContext(threads: 1))
        model.initialize(seed: 3)
        return Checkpoint(
            configuration: configuration, scheduler: SchedulerConfiguration(), parameters: model.parameters, classNames: names)
    }

    private func prediction(_ checkpoint: Checkpoint, _ label: Int?) throws -> [Float] {
        let model = try UNet(checkpoint, context: ComputeContext(threads: 1))
        let sample = Tensor(shape: model.sampleShape(count: 1))
        sample.fillNormal(CounterRandom(seed: 1, stream: .sampling))
        return model.predictNoise(sample, timesteps: [400], classLabels: label.map { [$0] }).values
    }

    @Test func namesAreWrittenAndRead() throws {
        let names = ["limit 30", "\u{30b9}\u{30c8}\u{30c3}\u{30d7}", "a/b, \"c\""]
        try checkpoint(labels: 4, names: names).write(to: folder.path)
        let read = try Checkpoint(directory: folder.path)
        #expect(read.classNames == names && read.notes.isEmpty)
        #expect(read.classes?.nullLabel == 3 && read.classes?.count == 3)
    }

    @Test func onlyOneNameLessThanLabelsMeansThatTheLastIsNoClass() throws {
        try checkpoint(labels: 3, names: ["a", "b", "c"]).write(to: folder.path)
        let classes = try #require(try Checkpoint(directory: folder.path).classes)
        #expect(classes.nullLabel == nil && classes.defaultConditioning == Conditioning(labels: [0, 1, 2]))
        let unnamed = try #require(try Checkpoint(directory: fixturePath("conditional")).classes)
        #expect(unnamed.names == nil && unnamed.count == 4 && unnamed.nullLabel == nil && unnamed.name(2) == "class 2")
    }

    @Test(arguments: [
        (#"["a"]"#, "1 names for num_class_embeds 4"), (#"["a", "b", "c", "d", "e"]"#, "5 names"), ("[]", "0 names"),
        (#"["a", "b", "a"]"#, "two classes have one name"), (#"["a", 2, "c"]"#, "2 is not a name"), (#"{"a": 1}"#, "no list"),
        ("[", "no JSON"),
    ])
    func namesThatDoNotFitAreRefused(text: String, problem: String) throws {
        try checkpoint(labels: 4).write(to: folder.path)
        _ = try folder.write(Array(text.utf8), to: "classes.json")
        let error = #expect(throws: CheckpointError.self) { try Checkpoint(directory: folder.path) }
        #expect("\(error.map { "\($0)" } ?? "")".contains(problem))
    }

    @Test func namesOfAnUnconditionalModelAreWithoutEffect() throws {
        try checkpoint(labels: nil).write(to: folder.path)
        #expect(!FileManager.default.fileExists(atPath: folder.path("classes.json")))
        _ = try folder.write(Array(#"["a"]"#.utf8), to: "classes.json")
        let read = try Checkpoint(directory: folder.path)
        #expect(read.classes == nil && read.notes.count == 1 && read.notes[0].contains("classes.json"))
    }

    @Test func anUnconditionalModelStartsToLearnClassesAsItWas() throws {
        let plain = try checkpoint(labels: nil)
        let conditional = plain.conditioned(on: ["a", "b"])
        #expect(conditional.configuration.numClassEmbeds == 3 && conditional.classNames == ["a", "b"])
        for label in 0..<3 { #expect(try prediction(conditional, label) == prediction(plain, nil)) }
    }

    @Test func withoutClassesItIsTheModelThatDrawsNone() throws {
        let conditional = try checkpoint(labels: 4, names: ["stop", "yield", "ice"])
        let plain = conditional.unconditioned()
        #expect(plain.configuration.numClassEmbeds == nil && plain.classes == nil)
        let (ours, none) = (try prediction(plain, nil), try prediction(conditional, 3))
        #expect(zip(ours, none).allSatisfy { abs($0 - $1) <= 1e-5 * max(1, abs($1)) }, "sums are added in another order")
        #expect(zip(ours, try prediction(conditional, 0)).contains { abs($0 - $1) > 1e-3 })
    }

    @Test func knownClassesKeepTheirVectorsAndNewOnesBeginAsNoClass() throws {
        let before = try checkpoint(labels: 4, names: ["stop", "yield", "ice"])
        let after = before.conditioned(on: ["danger", "ice", "stop"])
        let origins = [3, 2, 0, 3]
        for (label, origin) in origins.enumerated() { #expect(try prediction(after, label) == prediction(before, origin)) }
        #expect(try prediction(after, 0) != prediction(after, 1))
        let same = before.conditioned(on: ["stop", "yield", "ice"])
        #expect(same.parameters.values == before.parameters.values && same.configuration == before.configuration)
    }
}
