import Foundation
import GreenDiffusion
import Kernels
import Model
import Storage
import TestSupport
import Testing

@Suite struct BuiltinModelTests {
    private let folder = TemporaryFolder()

    @Test func packingKeepsTheModelWithinItsCertificate() throws {
        let model = try UNet(.tiny, context: ComputeContext(threads: 1))
        model.initialize(seed: 5)
        let checkpoint = Checkpoint(configuration: .tiny, scheduler: SchedulerConfiguration(), parameters: model.parameters)
        try FileManager.default.createDirectory(atPath: folder.path("checkpoint"), withIntermediateDirectories: true)
        try checkpoint.write(to: folder.path("checkpoint"))
        let packed = try BuiltinModel.pack(.checkpoint(folder: folder.path("checkpoint")), into: folder.path("packed"))
        let unpacked = try BuiltinModel.unpack(folder.path("packed"))
        #expect(unpacked.configuration == .tiny && unpacked.scheduler == SchedulerConfiguration())
        let (sent, received) = (checkpoint.parameters.values, unpacked.parameters.values)
        let error = zip(sent, received).reduce(0.0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
        let norm = sent.reduce(0.0) { $0 + Double($1) * Double($1) }
        #expect(error > 0 && packed.relativeError < 1e-4)
        #expect(
            abs(error / norm - packed.relativeError) < 0.1 * packed.relativeError, "\(error / norm) for \(packed.relativeError)")
        #expect(packed.bytes < 2 * sent.count)
    }

    @Test func packingKeepsTheNamesOfClasses() throws {
        var configuration = UNetConfiguration.tiny
        configuration.numClassEmbeds = 3
        let model = try UNet(configuration, context: ComputeContext(threads: 1))
        model.initialize(seed: 5)
        let checkpoint = Checkpoint(
            configuration: configuration, scheduler: SchedulerConfiguration(), parameters: model.parameters,
            classNames: ["stop", "yield"])
        try FileManager.default.createDirectory(atPath: folder.path("checkpoint"), withIntermediateDirectories: true)
        try checkpoint.write(to: folder.path("checkpoint"))
        try BuiltinModel.pack(.checkpoint(folder: folder.path("checkpoint")), into: folder.path("packed"))
        let unpacked = try BuiltinModel.unpack(folder.path("packed"))
        #expect(unpacked.classNames == ["stop", "yield"] && unpacked.configuration == configuration)
    }

    @Test func unknownNamesAndDamageAreRefused() throws {
        let error = #expect(throws: ConfigurationError.self) { try ModelSource.builtin(name: "nothing").load() }
        #expect("\(error.map { "\($0)" } ?? "")".contains("builtin:nothing"))
        #expect(throws: FileError.self) { try BuiltinModel.unpack(folder.path("absent")) }
    }
}
