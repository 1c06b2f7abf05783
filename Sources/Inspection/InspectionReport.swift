import Codec
import Foundation
import GreenDiffusion
import Model
import Report
import Storage

/// What a file or folder of this program holds, read whole and verified.
public struct InspectionReport: Encodable, CustomStringConvertible {
    private let report: any Inspected

    /// Inspects an update frame, a safetensors file, a checkpoint, or the folder of a run.
    ///
    /// - Parameters:
    ///   - path: the file or folder.
    ///   - maxUnpacked: bytes of float32 values that a frame may unpack to.
    ///   - threads: threads that decode a frame.
    /// - Throws: `FileError`, `CheckpointError` or `RunDirectoryError` that names what is missing or damaged, `FrameTooLarge`.
    public init(_ path: String, maxUnpacked: Int = defaultMaxUnpacked, threads: Int) throws {
        let files = FileManager.default
        var isFolder: ObjCBool = false
        guard files.fileExists(atPath: path, isDirectory: &isFolder) else { throw FileError.missing(path: path) }
        if !isFolder.boolValue {
            switch try Self.format(Self.start(of: path), path: path) {
            case .safetensors: report = try TensorFileReport(SafetensorsReader(path: path))
            case .frame:
                let frame = try readFrame(path, maxUnpacked: maxUnpacked, threads: threads)
                report = FrameReport(frame.header, path: path)
            }
        } else {
            switch RunKind(at: path) {
            case .federated: report = try RunReport(path)
            case .pretraining: report = try PretrainingReport(path)
            case nil: report = try CheckpointReport(path)
            }
        }
    }

    /// Inspects an update frame or a safetensors file in memory, which the report's `path` and errors call `bytes`.
    ///
    /// - Throws: `FileError` or `CheckpointError` that names what is damaged, `FrameTooLarge`.
    package init(_ bytes: [UInt8], maxUnpacked: Int = defaultMaxUnpacked, threads: Int) throws {
        let name = "bytes"
        switch try Self.format(Array(bytes.prefix(Self.startBytes)), path: name) {
        case .safetensors: report = try TensorFileReport(SafetensorsReader(bytes, name: name))
        case .frame:
            let frame = try verifiedFrame(bytes, name: name, maxUnpacked: maxUnpacked, threads: threads)
            report = FrameReport(frame.header, path: name)
        }
    }

    /// The report's fields as JSON prints them.
    public func encode(to encoder: any Encoder) throws { try report.encode(to: encoder) }
    /// A word and what it says, a line each.
    public var description: String { report.lines.map { labelledLine($0.0, $0.1) }.joined(separator: "\n") }

    private enum Format { case safetensors, frame }

    private static let startBytes = 9

    private static func start(of path: String) throws(FileError) -> [UInt8] {
        do {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? file.close() }
            return [UInt8](try file.read(upToCount: startBytes) ?? Data())
        } catch {
            throw .unreadable(path: path, reason: FileError.reason(error))
        }
    }

    /// Told by the first bytes: a safetensors file begins with the size of its header, 8 bytes, then the header's JSON object.
    private static func format(_ start: [UInt8], path: String) throws(FileError) -> Format {
        if start.count == startBytes, start[8] == UInt8(ascii: "{") { return .safetensors }
        do throws(FrameError) {
            _ = try UpdateFrame(start)
        } catch .notAFrame {
            throw .invalid(path: path, reason: "it is neither an update frame nor a safetensors file")
        } catch {
            return .frame
        }
        return .frame
    }
}

/// One kind of thing that can be inspected.
protocol Inspected: Encodable {
    /// A word and what it says, a line each.
    var lines: [(String, String)] { get }
}
