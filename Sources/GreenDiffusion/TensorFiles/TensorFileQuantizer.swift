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

    /// Writes the frame of `input`'s tensors to `output`: those of floating-point numbers in codes, all others and the file's metadata as
    /// they are.
    ///
    /// - Throws: `CheckpointError` for an unreadable or damaged file, `CodecError` that names a tensor and value that cannot be coded,
    ///   `FileError` for a file without floating-point tensors, and where the frame cannot be written.
    public func quantize(_ input: String, to output: String) throws -> QuantizationSummary {
        try AtomicFile.requireReplaceable(output, madeFrom: [input])
        let (frame, summary) = try quantize(SafetensorsReader(path: input), output: output)
        try AtomicFile.write(frame, to: output)
        return summary
    }

    /// The frame of a safetensors file in memory; errors and summary call the two `tensors` and `frame`.
    ///
    /// - Throws: as `quantize(_:to:)` does for what a file holds.
    package func quantize(_ tensors: [UInt8]) throws -> (frame: [UInt8], summary: QuantizationSummary) {
        try quantize(SafetensorsReader(tensors, name: "tensors"), output: "frame")
    }

    private func quantize(
        _ reader: SafetensorsReader, output: String
    ) throws -> (frame: [UInt8], summary: QuantizationSummary) {
        let layout = try codedLayout(of: reader)
        let carried = try carriedSection(of: reader)
        let values = try readFloats(reader, layout)
        let table = try ErrorTable(values, layout: layout, quantizer: quantizer, threads: threads)
        let frame = carried.attached(to: try encode(values, table, carriedBytes: carried.byteCount))
        return (frame, QuantizationSummary(header: try UpdateFrame(frame, threads: threads).header, path: output))
    }

    /// The frame without what it carries, which takes `carriedBytes` of a limit.
    private func encode(_ values: Tensor, _ table: ErrorTable, carriedBytes: Int) throws(CodecError) -> [UInt8] {
        let coding: UpdateCoding
        switch precision {
        case .bits(let bits): coding = try table.coding(bits: bits)
        case .error(let demand):
            coding = try table.coding(meeting: demand, accepted: CodeWidths.all, values: values, threads: threads)
        case .bytes(let limit):
            do throws(CodecError) {
                return try UpdateFrame.encode(
                    values, table: table, bytesAtMost: limit - carriedBytes, accepted: nil, binding: FrameBinding(), seed: seed,
                    threads: threads
                ).frame
            } catch .bytesNotMet(_, let smallest, let bits) {
                throw .bytesNotMet(limit: limit, smallest: smallest + carriedBytes, bits: bits)
            }
        }
        return UpdateFrame.encode(values, as: coding, binding: FrameBinding(), seed: seed, threads: threads)
    }

    /// Names and shapes of the tensors that are coded, in the file's order. Refuses, before any value is read, what no frame of a file can
    /// hold.
    private func codedLayout(of reader: SafetensorsReader) throws -> ParameterLayout {
        let limits = FrameLimits()
        func refuse(_ count: Int, _ what: String, above limit: Int) throws(FileError) {
            guard count > limit else { return }
            throw .invalid(path: reader.path, reason: "it has \(count) \(what), a frame holds at most \(limit); split the file")
        }
        try refuse(reader.entries.count, "tensors", above: limits.tensors)
        let coded = reader.entries.filter(\.type.isReadAsFloats)
        guard !coded.isEmpty else {
            throw FileError.invalid(
                path: reader.path, reason: "it has no tensor to quantize, of type F32, F16, BF16 or F64; keep the file as it is")
        }
        try refuse(coded.reduce(0) { $0 + $1.count }, "values", above: limits.parameters)
        let others = reader.entries.reduce(0) { $0 + ($1.type.isReadAsFloats ? 0 : $1.bytes.count) }
        try refuse(others, "bytes in tensors of other types", above: limits.carriedBytes)
        let layout = ParameterLayout(coded.map { ($0.name, $0.shape) })
        try FrameLimits.verify(layout)
        return layout
    }

    /// The tensors of other types and the metadata. `format: pt` alone is what a file gets that is made of a frame without metadata.
    private func carriedSection(of reader: SafetensorsReader) throws -> CarriedSection {
        var tensors: [CarriedTensor] = []
        for (index, entry) in reader.entries.enumerated() where !entry.type.isReadAsFloats {
            tensors.append(
                CarriedTensor(
                    name: entry.name, type: entry.type, shape: entry.shape, place: index - tensors.count,
                    bytes: try reader.readBytes(entry)[...]))
        }
        let isDefault = reader.metadata.elementsEqual(defaultTensorMetadata, by: ==)
        return try CarriedSection(tensors, metadata: tensors.isEmpty && isDefault ? [] : reader.metadata)
    }

    /// The coded tensors in one flat buffer.
    private func readFloats(_ reader: SafetensorsReader, _ layout: ParameterLayout) throws -> Tensor {
        let values = Tensor(shape: [layout.parameterCount])
        for (entry, place) in zip(reader.entries.filter(\.type.isReadAsFloats), layout.entries) {
            try reader.readFloats(entry, into: Tensor(viewOf: values, offset: place.offset, shape: place.shape))
        }
        return values
    }
}
