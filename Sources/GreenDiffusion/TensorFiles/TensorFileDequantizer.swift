import Codec
import Kernels
import Model
import Report
import Storage

/// What `dequantize` made.
public struct DequantizationSummary: Encodable, Sendable, CustomStringConvertible {
    /// The file that was written.
    public let path: String
    /// Values of all tensors that were coded.
    public let parameterCount: Int
    /// How many tensors there are.
    public let tensorCount: Int
    /// What was carried as it was.
    public let carried: CarriedSummary

    /// The summary for people, in one line.
    public var description: String {
        let others = carried.tensors.isEmpty ? "" : ", \(carried.tensors.count) of them unchanged"
        return "\(path): \(Quantity.count(parameterCount)) parameters in \(tensorCount) tensors\(others)"
    }
}

/// Writes the tensors of the update frame `input` to the safetensors file `output`, under their names and shapes: those that were coded as
/// float32, those that the frame carries as they were, in the order of the file that it was made of, with its metadata.
///
/// Tensors are unpacked one after another: memory holds the frame and the largest of them.
///
/// - Parameters:
///   - input: path of the frame.
///   - output: path of the safetensors file.
///   - maxUnpacked: bytes of float32 values, and of what is carried, that a frame may unpack to.
///   - threads: threads that decode.
/// - Throws: `FrameTooLarge` for a frame that unpacks to more, `FileError` for one that is refused and for a file that cannot be read or
///   written.
public func dequantizeTensorFile(
    _ input: String, to output: String, maxUnpacked: Int = defaultMaxUnpacked, threads: Int
) throws -> DequantizationSummary {
    try AtomicFile.requireReplaceable(output, madeFrom: [input])
    let frame = try readFrame(input, maxUnpacked: maxUnpacked, threads: threads)
    let file = try TensorFile(frame, name: input, threads: threads)
    try writeSafetensors(file.tensors, to: output, metadata: file.metadata)
    return DequantizationSummary(
        path: output, parameterCount: frame.header.parameterCount, tensorCount: file.tensors.count,
        carried: CarriedSummary(frame.header.carried))
}

/// The safetensors file of a frame in memory, as `dequantizeTensorFile` writes it; errors call the frame `frame`.
package func dequantizedTensorFile(
    _ frame: [UInt8], maxUnpacked: Int = defaultMaxUnpacked, threads: Int
) throws -> [UInt8] {
    let frame = try verifiedFrame(frame, name: "frame", maxUnpacked: maxUnpacked, threads: threads)
    let file = try TensorFile(frame, name: "frame", threads: threads)
    return try safetensorsBytes(file.tensors, name: "frame", metadata: file.metadata)
}

/// What a safetensors file that is made of a frame holds.
struct TensorFile {
    /// All tensors in the order of the frame's file.
    let tensors: [NamedTensor]
    let metadata: [(name: String, text: String)]

    /// - Parameters:
    ///   - name: how errors call the frame.
    ///   - coded: the values of a tensor of the frame's header when they are written; nil for those that the frame holds.
    init(
        _ frame: UpdateFrame, name: String, threads: Int, coded: ((_ index: Int) -> Tensor)? = nil
    ) throws(FileError) {
        let carried = frame.header.carried
        var others = carried.tensors[...]
        var tensors: [NamedTensor] = []
        func appendOthers(upTo place: Int) {
            while let other = others.first, other.place <= place {
                tensors.append(NamedTensor(other.name, shape: other.shape, .bytes(other.bytes, other.type)))
                others.removeFirst()
            }
        }
        for (index, entry) in frame.header.tensors.enumerated() {
            appendOthers(upTo: index)
            tensors.append(
                NamedTensor(
                    entry.name, shape: entry.shape,
                    .decoded(count: entry.count) { coded?(index) ?? frame.decoded(tensor: index, threads: threads) }))
        }
        appendOthers(upTo: frame.header.tensors.count)
        guard !tensors.contains(where: { $0.name == SafetensorsHeader.metadataName }) else {
            throw .invalid(
                path: name,
                reason:
                    "it has a tensor called __metadata__, which no safetensors file can hold; rename it before it is quantized")
        }
        self.tensors = tensors
        metadata = carried.isEmpty ? defaultTensorMetadata : carried.metadata
    }
}

/// Bytes of float32 values, and of what is carried, that a frame in a file may unpack to unless told otherwise: a small frame may say that it holds a large model.
public let defaultMaxUnpacked = 1 << 30

/// A frame in a file that unpacks to more than is allowed.
public struct FrameTooLarge: Error, Equatable, CustomStringConvertible {
    /// The frame's file.
    public let path: String
    /// Bytes of its float32 values and of what it carries, and how many are allowed.
    public let (unpackedBytes, limit): (UInt64, Int)

    /// What is wrong, without the way out.
    package var problem: String { "\(path) unpacks to \(unpackedBytes) bytes, more than the \(limit) that are allowed" }
    /// One line for people: what is wrong and what to do.
    public var description: String { "\(problem); if you trust it, allow more with max-unpacked" }
}

/// The verified frame in a file.
package func readFrame(_ path: String, maxUnpacked: Int, threads: Int) throws -> UpdateFrame {
    let bytes = try readFile(path, limit: FrameLimits().frameBytes)
    return try verifiedFrame(bytes, name: path, maxUnpacked: maxUnpacked, threads: threads)
}

/// The frame in a file's bytes, verified; errors call the file `name`.
package func verifiedFrame(_ bytes: [UInt8], name path: String, maxUnpacked: Int, threads: Int) throws -> UpdateFrame {
    let limits = FrameLimits(parameters: maxUnpacked / 4, carriedBytes: maxUnpacked)
    let frame: UpdateFrame
    do throws(FrameError) {
        frame = try UpdateFrame(bytes, limits: limits, threads: threads)
    } catch .limitExceeded(FrameFormat.carriedBytesField, let unpacked, _) {
        throw FrameTooLarge(path: path, unpackedBytes: unpacked, limit: maxUnpacked)
    } catch .limitExceeded(_, let values, limits.parameters) {
        let (unpacked, overflow) = values.multipliedReportingOverflow(by: 4)
        throw FrameTooLarge(path: path, unpackedBytes: overflow ? .max : unpacked, limit: maxUnpacked)
    } catch .limitExceeded(let field, let value, let limit) {
        throw FileError.invalid(path: path, reason: "\(field) \(value) is above \(limit), the most that a file's frame may have")
    } catch {
        throw FileError.invalid(path: path, reason: "\(error)")
    }
    let unpacked = 4 * frame.header.parameterCount + frame.header.carried.byteCount
    guard unpacked <= maxUnpacked else {
        throw FrameTooLarge(path: path, unpackedBytes: UInt64(unpacked), limit: maxUnpacked)
    }
    return frame
}
