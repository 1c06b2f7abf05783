import Codec
import Foundation
import GreenDiffusion
import Kernels
import Model
import Testing

/// Figures that need no clock, compared to the last unit with those in git: a change of them is meant or a fault.
///
/// `UPDATE_EXACT_FIGURES=1 scripts/test --filter ExactFigures` writes the file anew.
@Suite struct ExactFiguresTests {
    private typealias Figures = [String: [String: Int]]

    private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    private static let file = tests.appending(path: "GreenDiffusionTests/Fixtures/exact-figures.json")

    @Test func workBytesAndAllocationsAreThoseInGit() throws {
        var figures = try steps(.tiny, named: "tiny", images: 2)
        figures.merge(try steps(.small, named: "small", images: 2)) { $1 }
        figures.merge(try frames()) { $1 }
        figures.merge(try goldenFrames()) { $1 }
        if ProcessInfo.processInfo.environment["UPDATE_EXACT_FIGURES"] == "1" {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            try (encoder.encode(figures) + Data("\n".utf8)).write(to: Self.file)
            return
        }
        let committed = try JSONDecoder().decode(Figures.self, from: Data(contentsOf: Self.file))
        #expect(figures.keys.sorted() == committed.keys.sorted())
        for (name, expected) in committed { #expect(figures[name] == expected, "\(name)") }
    }

    /// The fourth training step and a prediction: what the kernels executed, and what was allocated until then.
    private func steps(_ configuration: UNetConfiguration, named name: String, images count: Int) throws -> Figures {
        let model = try UNet(configuration, context: ComputeContext(threads: 2))
        model.initialize(seed: 1)
        let trainer = Trainer(model: model, schedule: NoiseSchedule(), settings: TrainingSettings())
        let images = Tensor(shape: model.sampleShape(count: count))
        for step in 0..<3 { try trainer.step(images: images, address: StepAddress(seed: 1, step: step)) }
        model.context.meter.reset()
        try trainer.step(images: images, address: StepAddress(seed: 1, step: 3))
        var step = work(model.context.meter)
        step["activation_allocations"] = model.activationAllocations
        model.context.meter.reset()
        _ = model.predictNoise(images, timesteps: [Int](repeating: 500, count: count))
        return ["step/\(name)/n\(count)": step, "forward/\(name)/n\(count)": work(model.context.meter)]
    }

    private func work(_ meter: Meter) -> [String: Int] {
        [
            "calls": meter.operations.values.reduce(0) { $0 + $1.calls }, "executed_flops": meter.executedFLOPs,
            "nominal_flops": meter.nominalFLOPs, "bytes": meter.bytes,
        ]
    }

    /// Frames of the built-in model under every quantizer and width.
    private func frames() throws -> Figures {
        let model = try BuiltinModel.load("signs-small")
        let layout = model.configuration.parameterLayout
        let quantizers: [(String, Quantizer)] = [
            ("paper", .levels(.paper)), ("paper/g256", .levels(.paper, groupSize: 256)),
            ("zero/g64", .levels(.zero, groupSize: 64)),
            ("dithered", .lattice(.dithered)), ("stochastic", .lattice(.stochastic)),
        ]
        var figures: Figures = [:]
        for (name, quantizer) in quantizers {
            let table = try ErrorTable(model.parameters, layout: layout, quantizer: quantizer, threads: 2)
            for bits in CodeWidths.all {
                let frame = UpdateFrame.encode(
                    model.parameters, as: try table.coding(bits: bits), binding: FrameBinding(), seed: 1, threads: 2)
                figures["frame/signs-small/\(name)/b\(bits)"] = ["bytes": frame.count]
            }
        }
        return figures
    }

    private func goldenFrames() throws -> Figures {
        let folder = Self.tests.appending(path: "CodecTests/Fixtures")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return try Dictionary(
            uniqueKeysWithValues: files.filter { $0.pathExtension == "frame" }.map {
                ("golden/\($0.lastPathComponent)", ["bytes": try Data(contentsOf: $0).count])
            })
    }
}
