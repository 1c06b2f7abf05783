import Codec
import Foundation
import Kernels
import Model

/// Turns a safetensors file into an update frame that belongs to no run.
public struct TensorFileQuantizer: Sendable {
    /// Where a code's levels lie.
    public enum Grid: String, Sendable, CaseIterable {
        /// From the smallest to the largest non-zero magnitude, as in the paper.
        case paper
        /// From 0 to the largest magnitude.
        case zero
    }

    /// Bits a value, 2...8.
    public let bits: Int
    public let grid: Grid
    /// Consecutive values that share a scale; 0 for a whole tensor.
    public let groupSize: Int
    public let seed: UInt64
    public let threads: Int

    public init(bits: Int, grid: Grid, groupSize: Int, seed: UInt64, threads: Int) {
        (self.bits, self.grid, self.groupSize) = (bits, grid, groupSize)
        (self.seed, self.threads) = (seed, threads)
    }

    /// Writes the frame of `input`'s tensors to `output`.
    ///
    /// - Throws: `CheckpointError` for an unreadable or damaged file, `CodecError` that names a tensor and value that cannot be coded,
    ///   `FileError` where the frame cannot be written.
    public func quantize(_ input: String, to output: String) throws -> QuantizationSummary {
        try AtomicFiles.requireReplaceable(output)
        let (layout, values) = try readTensors(input)
        let options = QuantizerOptions(grid: grid == .paper ? .paper : .zero, groupSize: groupSize)
        let table = try ErrorTable(values, layout: layout, options: options, threads: threads)
        let frame = try encodeUpdate(
            values, table: table, coding: .quantized(bits: bits), binding: FrameBinding(), seed: seed, threads: threads)
        try AtomicFiles.write(Data(frame), to: output)
        return QuantizationSummary(header: try UpdateFrame(frame).header, path: output)
    }

    /// All tensors of the file in one flat buffer, in the file's order.
    private func readTensors(_ path: String) throws -> (ParameterLayout, Tensor) {
        let reader = try SafetensorsReader(path: path)
        let layout = ParameterLayout(reader.entries.map { ($0.name, $0.shape) })
        let values = Tensor(shape: [layout.parameterCount])
        for (entry, place) in zip(reader.entries, layout.entries) {
            try reader.readFloats(entry, into: Tensor(viewOf: values, offset: place.offset, shape: place.shape))
        }
        return (layout, values)
    }
}
