import Codec
import Foundation
import Kernels
import Storage

/// `manifest.json` of a checkpoint: what in the run's folder belongs to it, so that a run goes on only from what it wrote.
struct CheckpointManifest: Codable, Equatable {
    let kind: RunKind
    /// The round or step.
    let number: Int
    /// XXH3-128 of each other file of the checkpoint.
    let files: [String: String]
    /// By file, the lines that were there.
    let records: [String: LineDigest]
    /// By file, the checksum of what each device had left out, under error feedback.
    let residuals: [String: String]
    /// By setting, a hash of what the run reads outside its folder.
    let inputs: [String: String]

    static let name = "manifest.json"

    /// Of the checkpoint in `folder`, all of whose other files are written.
    init(
        _ files: RunFiles, number: Int, folder: String, records: [String: LineDigest], inputs: [String: String]
    ) throws(FileError) {
        (kind, self.number, self.records, self.inputs) = (files.kind, number, records, inputs)
        var hashes: [String: String] = [:]
        for name in try Folder.names(listing: folder) where name != Self.name {
            hashes[name] = try Self.hash("\(folder)/\(name)")
        }
        self.files = hashes
        var residuals: [String: String] = [:]
        for name in files.residuals(at: number) { residuals[name] = try Self.frameChecksum("\(files.path)/\(name)") }
        self.residuals = residuals
    }

    func write(to folder: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.write([UInt8](try encoder.encode(self)), to: "\(folder)/\(Self.name)")
    }

    /// The manifest of a checkpoint.
    ///
    /// - Returns: nil for a checkpoint of an earlier version.
    static func read(_ files: RunFiles, number: Int) throws(CheckpointDamage) -> CheckpointManifest? {
        let folder = files.checkpointPath(number)
        let path = "\(folder)/\(name)"
        guard FileManager.default.fileExists(atPath: path) else {
            guard !FileManager.default.fileExists(atPath: "\(folder)/\(files.kind.savedSettingsName)") else {
                throw CheckpointDamage(path, "it is missing")
            }
            return nil
        }
        guard let contents = try? Data(contentsOf: URL(fileURLWithPath: path)),
            let manifest = try? JSONDecoder().decode(CheckpointManifest.self, from: contents),
            manifest.kind == files.kind, manifest.number == number
        else { throw CheckpointDamage(path, "it is not the manifest of this checkpoint") }
        return manifest
    }

    /// Compares the run's folder with this; what was added later is not looked at.
    func verify(_ run: RunFiles) throws(CheckpointDamage) {
        let folder = run.checkpointPath(number)
        for (name, expected) in files.sorted(by: { $0.key < $1.key }) {
            try Self.compare("\(folder)/\(name)", expected, Self.hash)
        }
        for (name, expected) in residuals.sorted(by: { $0.key < $1.key }) {
            try Self.compare("\(run.path)/\(name)", expected, Self.verifiedFrameChecksum)
        }
        for file in run.recordFiles { try verify(file, unit: run.kind.unit) }
    }

    /// The name of a file of records in `records`.
    static func name(of file: JSONLinesFile) -> String { URL(fileURLWithPath: file.path).lastPathComponent }

    private func verify(_ file: JSONLinesFile, unit: String) throws(CheckpointDamage) {
        let expected = records[Self.name(of: file)] ?? LineDigest()
        let lines: [Data]
        do throws(FileError) { lines = try file.wholeLines() } catch { throw CheckpointDamage(file.path, error.reason) }
        guard lines.count >= expected.lines else {
            throw CheckpointDamage(
                file.path, "it has \(lines.count) of the \(expected.lines) lines that it had after \(unit) \(number)")
        }
        var found = LineDigest()
        for line in lines.prefix(expected.lines) { found.add(line) }
        guard found == expected else {
            throw CheckpointDamage(file.path, "its first \(expected.lines) lines are not those of \(unit) \(number)")
        }
    }

    private static func compare(
        _ path: String, _ expected: String, _ hash: (String) throws(FileError) -> String
    ) throws(CheckpointDamage) {
        guard FileManager.default.fileExists(atPath: path) else { throw CheckpointDamage(path, "it is missing") }
        let found: String
        do throws(FileError) { found = try hash(path) } catch { throw CheckpointDamage(path, error.reason) }
        guard found == expected else { throw CheckpointDamage(path, "its bytes are not those that were written") }
    }

    private static func hash(_ path: String) throws(FileError) -> String {
        hexadecimal(try mapped(path).withUnsafeBytes(hash128))
    }

    /// The checksum at a frame's end.
    private static func frameChecksum(_ path: String) throws(FileError) -> String {
        try mapped(path).suffix(FrameFormat.checksumBytes).map { String(format: "%02x", $0) }.joined()
    }

    /// The same, of a frame that has the bytes that it is of.
    private static func verifiedFrameChecksum(_ path: String) throws(FileError) -> String {
        let bytes = try mapped(path)
        let checksum = bytes.withUnsafeBytes { hash64(UnsafeRawBufferPointer(rebasing: $0.dropLast(FrameFormat.checksumBytes))) }
        guard withUnsafeBytes(of: checksum.littleEndian, { bytes.suffix(FrameFormat.checksumBytes).elementsEqual($0) }) else {
            throw .invalid(path: path, reason: "its checksum does not fit")
        }
        return try frameChecksum(path)
    }

    private static func mapped(_ path: String) throws(FileError) -> Data {
        do { return try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped) } catch {
            throw .unreadable(path: path, reason: FileError.reason(error))
        }
    }
}

/// What does not belong to a checkpoint, or is missing.
struct CheckpointDamage: Error {
    let path: String
    let reason: String

    init(_ path: String, _ reason: String) { (self.path, self.reason) = (path, reason) }
}

extension RunFiles {
    /// The residual that each device goes on with after a round, as paths in the run's folder.
    func residuals(at round: Int) -> [String] {
        residualDevices().compactMap { device in
            residualRounds(device: device).last { $0 <= round }
                .map { String(residualPath(device: device, round: $0).dropFirst(path.count + 1)) }
        }
    }
}
