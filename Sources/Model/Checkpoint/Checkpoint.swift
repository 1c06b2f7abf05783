import Foundation
import Kernels
import Storage

/// A model as diffusers stores it: a directory that `UNet2DModel.from_pretrained` and `DDPMPipeline.from_pretrained` open.
///
/// `config.json`, `diffusion_pytorch_model.safetensors`, `scheduler_config.json`, `model_index.json`. When read, the last two may be
/// missing: diffusers' defaults hold then. The files of a saved pipeline may lie in its `unet` and `scheduler` folders. Attention
/// parameters may have their names from before diffusers 0.17.
package struct Checkpoint {
    package let configuration: UNetConfiguration
    package let scheduler: SchedulerConfiguration
    /// All parameters `(P)` in the order of `configuration.parameterLayout`.
    package let parameters: Tensor

    /// - Parameter parameters: `(P)` of the configuration's layout (precondition).
    package init(configuration: UNetConfiguration, scheduler: SchedulerConfiguration, parameters: Tensor) {
        precondition(parameters.count == configuration.parameterLayout.parameterCount, "parameters of another configuration")
        (self.configuration, self.scheduler, self.parameters) = (configuration, scheduler, parameters)
    }

    /// Reads the checkpoint in `directory`.
    ///
    /// - Throws: `CheckpointError` for a file that is missing, damaged, of another shape, with a setting that is not supported, or
    ///   with weights that are not finite.
    package init(directory: String) throws(CheckpointError) {
        let files = CheckpointFiles(reading: directory)
        configuration = try UNetConfiguration(parsing: try readText(files.configuration), path: files.configuration)
        scheduler =
            FileManager.default.fileExists(atPath: files.scheduler)
            ? try SchedulerConfiguration(parsing: try readText(files.scheduler), path: files.scheduler)
            : SchedulerConfiguration()
        let reader = try SafetensorsReader(path: files.weights)
        let layout = configuration.parameterLayout
        if let extra = Self.unexpectedTensor(reader, layout) {
            throw .unexpectedTensor(path: files.weights, tensor: extra)
        }
        parameters = try ParameterFile.read(reader, layout: layout)
    }

    /// Writes the four files into `directory`, which must exist. Each file appears complete or not at all.
    package func write(to directory: String) throws(FileError) {
        let files = CheckpointFiles(writing: directory)
        let layout = configuration.parameterLayout
        try writeSafetensors(ParameterFile.tensors(parameters, layout: layout), to: files.weights)
        try AtomicFile.write(scheduler.json, to: files.scheduler)
        try AtomicFile.write(Self.modelIndex, to: files.modelIndex)
        try AtomicFile.write(configuration.json, to: files.configuration)
    }

    private static func unexpectedTensor(_ reader: SafetensorsReader, _ layout: ParameterLayout) -> String? {
        let names = Set(layout.entries.map(\.name))
        return reader.entries.first { !names.contains(ParameterFile.modernName($0.name)) }?.name
    }

    private static let modelIndex = JSONValue.object([
        "_class_name": .string("DDPMPipeline"),
        "scheduler": .array([.string("diffusers"), .string("DDPMScheduler")]),
        "unet": .array([.string("diffusers"), .string("UNet2DModel")]),
    ]).text
}

/// Where a checkpoint's files lie.
private struct CheckpointFiles {
    let configuration: String
    let weights: String
    let scheduler: String
    let modelIndex: String

    init(writing directory: String) { self.init(unet: directory, scheduler: directory, directory) }

    init(reading directory: String) {
        let isPipeline = FileManager.default.fileExists(atPath: "\(directory)/unet/config.json")
        self.init(
            unet: isPipeline ? "\(directory)/unet" : directory,
            scheduler: isPipeline ? "\(directory)/scheduler" : directory, directory)
    }

    private init(unet: String, scheduler: String, _ directory: String) {
        configuration = "\(unet)/config.json"
        weights = "\(unet)/diffusion_pytorch_model.safetensors"
        self.scheduler = "\(scheduler)/scheduler_config.json"
        modelIndex = "\(directory)/model_index.json"
    }
}

/// The bytes of a small text file of a checkpoint.
func readText(_ path: String) throws(CheckpointError) -> [UInt8] {
    do throws(FileError) { return try readFile(path, limit: 16 << 20) } catch { throw CheckpointError(error) }
}
