import Codec
import Foundation
import Kernels
import Model
import Storage

/// Turns a safetensors file into an update frame that belongs to no run.
public struct TensorFileQuantizer: Sendable {
    /// Where a code's levels lie.
    public enum Grid: String, Sendable, CaseIterable {
        /// From the smallest to the largest non-zero magnitude, as in the paper.
        case paper
        /// From 0 to the largest magnitude.
        case zero
        /// The multiples of one step for all tensors, entropy coded.
        case lattice
    }

    /// How values become multiples of a lattice's step.
    public enum Rounding: String, Sendable, CaseIterable {
        /// Nearest after adding noise that the receiver subtracts.
        case dither
        /// One of the two beside a value at random.
        case stochastic
    }

    /// How much error is allowed.
    public enum Precision: Sendable, Equatable {
        /// That of so many bits a value, 2...8.
        case bits(Int)
        /// Expected squared error over the squared norm of all values: the fewest bytes that keep it.
        case relativeError(Double)
        /// Expected squared error of all values: the fewest bytes that keep it.
        case absoluteError(Double)
        /// At most so many bytes of frame: the least error that they hold.
        case bytes(Int)
    }

    public let precision: Precision
    public let grid: Grid
    /// Consecutive values that share a scale; 0 for a whole tensor.
    public let groupSize: Int
    public let rounding: Rounding
    public let seed: UInt64
    public let threads: Int

    public init(
        precision: Precision, grid: Grid, groupSize: Int, rounding: Rounding = .dither, seed: UInt64, threads: Int
    ) {
        (self.precision, self.grid, self.groupSize, self.rounding) = (precision, grid, groupSize, rounding)
        (self.seed, self.threads) = (seed, threads)
    }

    /// Writes the frame of `input`'s tensors to `output`.
    ///
    /// - Throws: `CheckpointError` for an unreadable or damaged file, `CodecError` that names a tensor and value that cannot be coded,
    ///   `FileError` where the frame cannot be written.
    public func quantize(_ input: String, to output: String) throws -> QuantizationSummary {
        try AtomicFile.requireReplaceable(output)
        let (layout, values) = try readTensors(input)
        let options = QuantizerOptions(
            grid: grid.codecGrid, groupSize: groupSize, rounding: rounding == .dither ? .dithered : .stochastic)
        let table = try ErrorTable(values, layout: layout, options: options, threads: threads)
        let frame = try encode(values, table)
        let summary = QuantizationSummary(header: try UpdateFrame(frame, threads: threads).header, path: output)
        try AtomicFile.write(frame, to: output)
        return summary
    }

    private func encode(_ values: Tensor, _ table: ErrorTable) throws(CodecError) -> [UInt8] {
        func coding(_ demand: ErrorDemand) throws(CodecError) -> UpdateCoding {
            try table.coding(meeting: demand, accepted: QuantizationGrid.allBits, values: values, threads: threads)
        }
        let chosen: UpdateCoding
        switch precision {
        case .bits(let bits): chosen = .quantized(bits: bits)
        case .relativeError(let error): chosen = try coding(.relative(error))
        case .absoluteError(let error): chosen = try coding(.absolute(error))
        case .bytes(let limit):
            return try encodeUpdate(
                values, table: table, bytesAtMost: limit, accepted: QuantizationGrid.allBits, binding: FrameBinding(), seed: seed,
                threads: threads
            ).frame
        }
        return try encodeUpdate(values, table: table, coding: chosen, binding: FrameBinding(), seed: seed, threads: threads)
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

extension TensorFileQuantizer.Grid {
    var codecGrid: QuantizationGrid {
        switch self {
        case .paper: .paper
        case .zero: .zero
        case .lattice: .lattice
        }
    }
}
