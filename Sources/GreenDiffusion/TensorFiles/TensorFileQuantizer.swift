import Codec
import Foundation
import Kernels
import Model
import Storage

/// Turns a safetensors file into an update frame that belongs to no run.
public struct TensorFileQuantizer: Sendable {
    /// How much error is allowed.
    public enum Precision: Sendable, Equatable {
        /// That of so many bits a value, 2...8.
        case bits(Int)
        /// An expected squared error of all values: the fewest bytes that keep it.
        case error(ErrorDemand)
        /// At most so many bytes of frame: the least error that they hold.
        case bytes(Int)
    }

    /// How much error, or how many bytes.
    public let precision: Precision
    /// Levels or lattice.
    public let quantizer: Quantizer
    /// Of the rounding's random numbers.
    public let seed: UInt64
    /// At most so many; they do not change the bytes.
    public let threads: Int

    /// A quantizer for any number of files.
    public init(precision: Precision, quantizer: Quantizer, seed: UInt64, threads: Int) {
        (self.precision, self.quantizer, self.seed, self.threads) = (precision, quantizer, seed, threads)
    }

    /// Writes the frame of `input`'s tensors to `output`.
    ///
    /// - Throws: `CheckpointError` for an unreadable or damaged file, `CodecError` that names a tensor and value that cannot be coded,
    ///   `FileError` where the frame cannot be written.
    public func quantize(_ input: String, to output: String) throws -> QuantizationSummary {
        try AtomicFile.requireReplaceable(output, madeFrom: [input])
        let (layout, values) = try readTensors(input)
        let table = try ErrorTable(values, layout: layout, quantizer: quantizer, threads: threads)
        let frame = try encode(values, table)
        let summary = QuantizationSummary(header: try UpdateFrame(frame, threads: threads).header, path: output)
        try AtomicFile.write(frame, to: output)
        return summary
    }

    private func encode(_ values: Tensor, _ table: ErrorTable) throws(CodecError) -> [UInt8] {
        let coding: UpdateCoding
        switch precision {
        case .bits(let bits): coding = try table.coding(bits: bits)
        case .error(let demand):
            coding = try table.coding(meeting: demand, accepted: CodeWidths.all, values: values, threads: threads)
        case .bytes(let limit):
            return try UpdateFrame.encode(
                values, table: table, bytesAtMost: limit, accepted: nil, binding: FrameBinding(), seed: seed,
                threads: threads
            ).frame
        }
        return UpdateFrame.encode(values, as: coding, binding: FrameBinding(), seed: seed, threads: threads)
    }

    /// All tensors of the file in one flat buffer, in the file's order.
    private func readTensors(_ path: String) throws -> (ParameterLayout, Tensor) {
        let reader = try SafetensorsReader(path: path)
        try Self.checkLimits(of: reader)
        let layout = ParameterLayout(reader.entries.map { ($0.name, $0.shape) })
        let values = Tensor(shape: [layout.parameterCount])
        for (entry, place) in zip(reader.entries, layout.entries) {
            try reader.readFloats(entry, into: Tensor(viewOf: values, offset: place.offset, shape: place.shape))
        }
        return (layout, values)
    }

    /// Refuses, before any value is read, what no frame of a file can hold or what is no float.
    private static func checkLimits(of reader: SafetensorsReader) throws {
        let limits = FrameLimits()
        func refuse(_ count: Int, _ what: String, above limit: Int) throws(FileError) {
            guard count > limit else { return }
            throw .invalid(path: reader.path, reason: "it has \(count) \(what), a frame holds at most \(limit); split the file")
        }
        try refuse(reader.entries.count, "tensors", above: limits.tensors)
        try refuse(reader.entries.reduce(0) { $0 + $1.count }, "values", above: limits.parameters)
        for entry in reader.entries where !entry.type.isReadAsFloats {
            throw CheckpointError.unsupportedType(
                path: reader.path, tensor: entry.name, type: entry.type.rawValue, supported: .floats)
        }
        try FrameLimits.verify(ParameterLayout(reader.entries.map { ($0.name, $0.shape) }))
    }
}
