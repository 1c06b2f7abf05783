import ArgumentParser
import Foundation
import Kernels
import Model

/// `bench shapes`: the distinct layers of a U-Net's training step as problem strings.
struct ShapesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shapes", abstract: "Print the problem string of every distinct layer of a preset's training step.",
        discussion: """
            Runs one step on one image and reads off what it did. With --json also the model's configuration, as diffusers reads it.

            EXAMPLES:
              bench shapes
              bench shapes small --batch 16
            """)

    @Argument(help: ArgumentHelp("A model.", valueName: "preset"))
    var preset = UNetConfiguration.Preset.ddpmCIFAR10

    @Option(help: "Images a step.")
    var batch = 8

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard (1...1024).contains(batch) else { throw ValidationError("--batch is \(batch), allowed are 1 to 1024") }
    }

    func run() throws {
        let recorded = try StepRecorder(preset: preset, batch: 1, threads: Processors.available)
            .record(steps: 1)
        let layers = LayerCase.distinct(recorded.profile, scale: batch)
        guard json else {
            for layer in layers { print("\(layer.calls)x \(layer.name)") }
            return
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .withoutEscapingSlashes]
        let document = Document(configuration: UNetConfiguration(preset: preset).json, layers: layers)
        print(String(decoding: try encoder.encode(document), as: UTF8.self))
    }

    private struct Document: Encodable {
        /// The text of a `config.json`.
        let configuration: String
        let layers: [LayerCase]
    }
}

extension UNetConfiguration.Preset: ExpressibleByArgument {}
