import Foundation
import Kernels
import Storage

// What a run reads outside its folder: its content decides whether a resumed run sees the same, not where it lies.
extension Setting {
    /// Settings that name a place. A resumed run may name another with the same content.
    static let places: Set<Setting> = [.data, .devices, .fading]
}

extension RunConfiguration {
    /// By setting, a hash of the file that it names.
    func fileInputs() throws(FileError) -> [String: String] {
        var inputs: [String: String] = [:]
        if case .file(let path) = devices { inputs[Setting.devices.name] = try Self.hash(path) }
        if case .trace(let path) = fading { inputs[Setting.fading.name] = try Self.hash(path) }
        return inputs
    }

    private static func hash(_ path: String) throws(FileError) -> String {
        hexadecimal(try readFile(path).withUnsafeBytes(hash128))
    }

    /// The settings that decide the weights, as text.
    func decidingSettings() throws -> String { try yaml(of: Setting.allCases.filter(decides)) }

    /// Whether a setting decides the weights of the rounds that are done: their number does where the learning rate falls towards it.
    private func decides(_ setting: Setting) -> Bool { !setting.isChangeable || (setting == .rounds && decay != .constant) }

    /// Refuses settings of a file that are not those of a checkpoint.
    ///
    /// - Parameters:
    ///   - checkpoint: the folder of a checkpoint with a manifest.
    ///   - path: the file that these are from.
    package func checkUnchanged(since checkpoint: String, path: String) throws {
        var saved = RunConfiguration()
        let savedPath = "\(checkpoint)/\(RunKind.federated.savedSettingsName)"
        try saved.override(fromYAMLFile: savedPath)
        let differences = Setting.allCases.filter { setting in
            decides(setting) && !Setting.places.contains(setting) && text(of: setting) != saved.text(of: setting)
        }
        guard differences.isEmpty else {
            let list = differences.map { "\($0.name) \(text(of: $0) ?? "unset") (was \(saved.text(of: $0) ?? "unset"))" }
            throw RunDirectoryError.settingsEdited(path: path, checkpoint: savedPath, differences: list)
        }
    }
}

extension CheckpointManifest {
    /// Refuses inputs with other content than those that the run had.
    ///
    /// - Parameters:
    ///   - found: by setting, as the run would have them now.
    ///   - values: what the settings say now.
    ///   - images: those of setting `data`.
    ///   - before: the list of images that the run's folder has.
    func check(
        inputs found: [String: String], values: (String) -> String?, images: ImageList?, before: ImageList?
    ) throws(RunDirectoryError) {
        for (name, digest) in inputs.sorted(by: { $0.key < $1.key }) where found[name] != digest {
            var reason = "its content is another"
            if name == Setting.data.name, let images { reason = images.difference(from: before) }
            throw .inputChanged(setting: name, value: values(name) ?? "", reason: reason)
        }
    }
}
