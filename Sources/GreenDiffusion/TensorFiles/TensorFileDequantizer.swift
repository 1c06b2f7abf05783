import Codec
import Kernels
import Model
import Report
import Storage

/// What `dequantize` made.
public struct DequantizationSummary: Encodable, Sendable, CustomStringConvertible {
    /// The file that was written.
    public let path: String
    /// Values of all tensors.
    public let parameterCount: Int
    /// How many tensors there are.
    public let tensorCount: Int

    /// The summary for people, in one line.
    public var description: String { "\(path): \(Quantity.count(parameterCount)) parameters in \(tensorCount) tensors" }
}

/// Writes the values of the update frame `input` to the safetensors file `output`, under their names and shapes.
///
/// Tensors are unpacked one after another: memory holds the frame and the largest of them.
///
/// - Parameter maxUnpacked: bytes of float32 values that a frame may unpack to.
/// - Throws: `FrameTooLarge` for a frame that unpacks to more, `FileError` for one that is refused and for a file that cannot be read or
///   written.
public func dequantizeTensorFile(
    _ input: String, to output: String, maxUnpacked: Int = defaultMaxUnpacked, threads: Int
) throws -> DequantizationSummary {
    try AtomicFile.requireReplaceable(output, madeFrom: [input])
    let frame = try readFrame(input, maxUnpacked: maxUnpacked, threads: threads)
    let entries = frame.header.tensors
    // A safetensors file keeps that name for itself.
    guard !entries.contains(where: { $0.name == "__metadata__" }) else {
        throw FileError.invalid(
            path: input,
            reason: "it has a tensor called __metadata__, which no safetensors file can hold; rename it before it is quantized")
    }
    let tensors = entries.enumerated().map { index, entry in
        NamedTensor(
            entry.name, shape: entry.shape,
            .decoded(count: entry.count) { frame.decoded(tensor: index, threads: threads) })
    }
    try writeSafetensors(tensors, to: output)
    return DequantizationSummary(path: output, parameterCount: frame.header.parameterCount, tensorCount: tensors.count)
}

/// Bytes of float32 values that a frame in a file may unpack to unless told otherwise: a small frame may say that it holds a large model.
public let defaultMaxUnpacked = 1 << 30

/// A frame in a file that unpacks to more than is allowed.
public struct FrameTooLarge: Error, Equatable, CustomStringConvertible {
    /// The frame's file.
    public let path: String
    /// Bytes of its float32 values, and how many are allowed.
    public let (unpackedBytes, limit): (UInt64, Int)

    /// What is wrong, without the way out.
    package var problem: String { "\(path) unpacks to \(unpackedBytes) bytes, more than the \(limit) that are allowed" }
    /// One line for people: what is wrong and what to do.
    public var description: String { "\(problem); if you trust it, allow more with max-unpacked" }
}

/// The verified frame in a file.
func readFrame(_ path: String, maxUnpacked: Int, threads: Int) throws -> UpdateFrame {
    let limits = FrameLimits(parameters: maxUnpacked / 4)
    let bytes = try readFile(path, limit: limits.frameBytes)
    do throws(FrameError) {
        return try UpdateFrame(bytes, limits: limits, threads: threads)
    } catch .limitExceeded(_, let values, limits.parameters) {
        let (unpacked, overflow) = values.multipliedReportingOverflow(by: 4)
        throw FrameTooLarge(path: path, unpackedBytes: overflow ? .max : unpacked, limit: maxUnpacked)
    } catch .limitExceeded(let field, let value, let limit) {
        throw FileError.invalid(path: path, reason: "\(field) \(value) is above \(limit), the most that a file's frame may have")
    } catch {
        throw FileError.invalid(path: path, reason: "\(error)")
    }
}
