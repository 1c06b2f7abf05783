import Foundation

/// What a file or folder of this program holds, read whole and verified.
public struct Inspection: Encodable, CustomStringConvertible {
    private let report: any Report

    /// Inspects an update frame, a safetensors file, a checkpoint, or the folder of a run.
    ///
    /// - Throws: `FileError`, `CheckpointError` or `RunDirectoryError` that names what is missing or damaged.
    public init(_ path: String, threads: Int) throws {
        let files = FileManager.default
        var isFolder: ObjCBool = false
        guard files.fileExists(atPath: path, isDirectory: &isFolder) else { throw FileError.missing(path: path) }
        if !isFolder.boolValue {
            report = try Self.isSafetensors(path) ? TensorFileReport(path) : FrameReport(path, threads: threads)
        } else if let directory = PretrainingDirectory(reading: path) {
            report = try PretrainingReport(directory)
        } else if files.fileExists(atPath: "\(path)/config.yaml") || files.fileExists(atPath: "\(path)/rounds.jsonl") {
            report = try RunReport(path)
        } else {
            report = try CheckpointReport(path)
        }
    }

    public func encode(to encoder: any Encoder) throws { try report.encode(to: encoder) }
    public var description: String { report.lines.map { Banner.line($0.0, $0.1) }.joined(separator: "\n") }

    /// A safetensors file begins with the size of its header, 8 bytes, then the header's JSON object.
    private static func isSafetensors(_ path: String) throws(FileError) -> Bool {
        do {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? file.close() }
            return try file.read(upToCount: 9)?.last == UInt8(ascii: "{")
        } catch {
            throw .unreadable(path: path, reason: FileError.reason(error))
        }
    }

    /// One kind of thing that can be inspected.
    protocol Report: Encodable {
        /// A word and what it says, a line each.
        var lines: [(String, String)] { get }
    }
}
