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
/// - Throws: `FileError` for a frame that is refused and for a file that cannot be read or written.
public func dequantizeTensorFile(_ input: String, to output: String, threads: Int) throws -> DequantizationSummary {
    try AtomicFile.requireReplaceable(output)
    let frame = try readFrame(input, threads: threads)
    let layout = frame.header.layout
    let values = Tensor(shape: [layout.parameterCount])
    frame.decode(into: values, threads: threads)
    let tensors = layout.entries.map { NamedTensor($0.name, Tensor(viewOf: values, offset: $0.offset, shape: $0.shape)) }
    try writeSafetensors(tensors, to: output)
    return DequantizationSummary(path: output, parameterCount: layout.parameterCount, tensorCount: tensors.count)
}

/// The verified frame in a file.
func readFrame(_ path: String, threads: Int) throws -> UpdateFrame {
    let bytes = try readFile(path)
    do throws(FrameError) {
        return try UpdateFrame(bytes, threads: threads)
    } catch .limitExceeded(let field, let value, let limit) {
        throw FileError.invalid(path: path, reason: "\(field) \(value) is above \(limit), the most that a file's frame may have")
    } catch {
        throw FileError.invalid(path: path, reason: "\(error)")
    }
}
