import Kernels
import Storage

/// A model as diffusers stores it: a directory that `UNet2DModel.from_pretrained` and `DDPMPipeline.from_pretrained` open.
///
/// `config.json`, `diffusion_pytorch_model.safetensors`, `scheduler_config.json`, `model_index.json`. What else is read, `CheckpointFiles`
/// and `WeightFiles` say; without a scheduler's file diffusers' defaults hold. Attention parameters may have their names from before
/// diffusers 0.17, and all names a wrapper's prefix.
package struct Checkpoint {
    package let configuration: UNetConfiguration
    package let scheduler: SchedulerConfiguration
    /// All parameters `(P)` in the order of `configuration.parameterLayout`.
    package let parameters: Tensor
    /// What the classes of a conditional model are called, by label; nil where nothing says so.
    package let classNames: [String]?
    /// What was passed over or chosen while reading, a line each.
    package let notes: [String]

    /// - Parameter parameters: `(P)` of the configuration's layout (precondition).
    package init(
        configuration: UNetConfiguration, scheduler: SchedulerConfiguration, parameters: Tensor, classNames: [String]? = nil,
        notes: [String] = []
    ) {
        precondition(parameters.count == configuration.parameterLayout.parameterCount, "parameters of another configuration")
        (self.configuration, self.scheduler, self.parameters) = (configuration, scheduler, parameters)
        (self.classNames, self.notes) = (classNames, notes)
    }

    /// Whether `directory` holds a checkpoint, whatever its state.
    package static func exists(in directory: String) -> Bool { CheckpointFiles.exist(in: directory) }

    /// Reads the checkpoint in `directory`.
    ///
    /// - Throws: `CheckpointError` for a file that is missing, damaged, of another shape, with a setting that is not supported, or
    ///   with weights that are not finite.
    package init(directory: String) throws(CheckpointError) {
        let files = try CheckpointFiles(reading: directory)
        var notes: [String] = []
        configuration = try UNetConfiguration(parsing: readText(files.configuration), path: files.configuration) {
            notes.append($0)
        }
        if let path = files.scheduler {
            scheduler = try SchedulerConfiguration(parsing: readText(path), path: path) { notes.append($0) }
        } else {
            scheduler = SchedulerConfiguration()
        }
        classNames = try Self.readClassNames(in: files.model, configuration) { notes.append($0) }
        let weights = try WeightFiles(in: files.model)
        if let note = weights.note { notes.append(note) }
        var readers: [SafetensorsReader] = []
        for path in weights.paths { readers.append(try SafetensorsReader(path: path)) }
        let tensors = try TensorTable(readers, unwrapping: true)
        if !tensors.wrapper.isEmpty { notes.append("\(weights.paths[0]): the names lose their prefix \(tensors.wrapper)") }
        let layout = configuration.parameterLayout
        if let error = tensors.unexpectedTensor(in: layout) { throw error }
        parameters = try tensors.read(layout)
        self.notes = notes
    }

    /// Writes the four files, and `classes.json` of a model whose classes have names, into `directory`, which must exist. Each file appears complete or not at all.
    package func write(to directory: String) throws(FileError) {
        let layout = configuration.parameterLayout
        try writeSafetensors(
            ParameterFile.tensors(parameters, layout: layout), to: "\(directory)/\(WeightFiles.standardName)")
        try AtomicFile.write(scheduler.json, to: "\(directory)/\(CheckpointFiles.schedulerName)")
        try AtomicFile.write(Self.modelIndex, to: "\(directory)/\(CheckpointFiles.modelIndexName)")
        try writeClassNames(to: directory)
        try AtomicFile.write(configuration.json, to: "\(directory)/\(CheckpointFiles.configurationName)")
    }

    private static let modelIndex = JSONValue.object([
        "_class_name": .string("DDPMPipeline"),
        "scheduler": .array([.string("diffusers"), .string("DDPMScheduler")]),
        "unet": .array([.string("diffusers"), .string("UNet2DModel")]),
    ]).text
}

/// The bytes of a small text file of a checkpoint.
///
/// - Parameter limit: the most bytes that such a file has.
func readText(_ path: String, limit: Int = 16 << 20) throws(CheckpointError) -> [UInt8] {
    let bytes: [UInt8]
    do throws(FileError) { bytes = try readFile(path, limit: limit) } catch { throw CheckpointError(error) }
    guard !isGitLFSPointer(bytes) else { throw .gitLFSPointer(path: path) }
    return bytes
}

/// The JSON document in a file of a checkpoint.
func readJSON(_ path: String, limit: Int = 16 << 20) throws(CheckpointError) -> JSONValue {
    let bytes = try readText(path, limit: limit)
    return try parseJSON(bytes, path: path)
}

/// The JSON document in `bytes`; `path` is for messages.
func parseJSON(_ bytes: [UInt8], path: String) throws(CheckpointError) -> JSONValue {
    do throws(JSONReader.Failure) {
        return try JSONValue(parsing: bytes)
    } catch {
        throw .malformed(path: path, detail: "it is no JSON text (\(error))")
    }
}
