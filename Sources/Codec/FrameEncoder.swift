import Kernels

/// Codes an update into a frame.
///
/// Stochastic rounding draws from stream `.rounding` of `seed`, addressed by round, device, tensor and element: equal arguments
/// give equal bytes for any number of threads.
///
/// - Parameters:
///   - values: the values that `table` was made of (precondition on their count).
///   - coding: raw, or a number of bits with the table's grid and group size.
///   - seed: the run's seed.
/// - Throws: `CodecError.bitsOutOfRange`.
public func encodeUpdate(
    _ values: Tensor, table: ErrorTable, coding: UpdateCoding, binding: FrameBinding, seed: UInt64, threads: Int = 1
) throws(CodecError) -> [UInt8] {
    precondition(values.count == table.layout.parameterCount, "the table was made of other values")
    if case .quantized(let bits) = coding, !QuantizationGrid.allBits.contains(bits) { throw .bitsOutOfRange(bits) }
    let encoder = FrameEncoder(values: values, table: table, coding: coding, binding: binding, seed: seed, threads: threads)
    return encoder.encode()
}

extension UpdateCoding {
    /// Bytes of a whole frame with the exact float32 values of a model.
    ///
    /// - Throws: `CodecError` that names a tensor that a frame cannot hold.
    public static func exactFrameBytes(_ layout: ParameterLayout) throws(CodecError) -> Int {
        try FrameEncoder.overheadBytes(layout) + 4 * layout.parameterCount
    }
}

struct FrameEncoder {
    let values: Tensor
    let table: ErrorTable
    let coding: UpdateCoding
    let binding: FrameBinding
    let seed: UInt64
    let threads: Int

    /// Bytes of a frame besides scales and codes.
    static func overheadBytes(_ layout: ParameterLayout) throws(CodecError) -> Int {
        guard !layout.entries.isEmpty else {
            throw .unsupportedTensor(name: "(none)", reason: "a frame needs at least one tensor")
        }
        return FrameLayout.headerBytes + (try tensorTableBytes(layout)) + FrameLayout.checksumBytes
    }

    private static func tensorTableBytes(_ layout: ParameterLayout) throws(CodecError) -> Int {
        var bytes = 0
        var names: Set<String> = []
        for entry in layout.entries {
            guard names.insert(entry.name).inserted else {
                throw .unsupportedTensor(name: entry.name, reason: "the name occurs twice")
            }
            let nameBytes = entry.name.utf8.count
            guard (1...FrameLayout.maximumNameBytes).contains(nameBytes) else {
                throw .unsupportedTensor(name: entry.name, reason: "a name has 1...\(FrameLayout.maximumNameBytes) UTF-8 bytes")
            }
            guard entry.shape.count <= FrameLayout.maximumRank else {
                throw .unsupportedTensor(name: entry.name, reason: "a shape has at most \(FrameLayout.maximumRank) extents")
            }
            bytes += FrameLayout.tensorEntryBytes + 8 * entry.shape.count + nameBytes
        }
        return bytes
    }

    func encode() -> [UInt8] {
        var writer = FrameWriter()
        let entries = encodedEntries()
        let dataBytes = table.layout.entries.reduce(0) { $0 + codedBytes($1.count) }
        let totalBytes = FrameLayout.headerBytes + entries.count + dataBytes + FrameLayout.checksumBytes
        writer.bytes.reserveCapacity(totalBytes)
        writeHeader(totalBytes: totalBytes, tensorTableBytes: entries.count, to: &writer)
        writer.bytes += entries
        for index in table.layout.entries.indices { writeData(tensor: index, to: &writer) }
        writer.append(writer.bytes.withUnsafeBytes(hash64))
        return writer.bytes
    }

    /// Exact expected squared error of one tensor as it is coded.
    private func expectedError(_ line: ErrorTable.Line) -> Double {
        switch coding {
        case .float32: 0
        case .quantized(let bits): line.expectedError(bits: bits)
        }
    }

    private func codedBytes(_ count: Int) -> Int {
        switch coding {
        case .float32: 4 * count
        case .quantized(let bits): table.options.codedBytes(count: count, bits: bits)
        }
    }

    private func writeHeader(totalBytes: Int, tensorTableBytes: Int, to writer: inout FrameWriter) {
        writer.bytes += FrameLayout.magic
        writer.append(FrameLayout.version)
        writer.append(UInt16(FrameLayout.headerBytes))
        writer.append(UInt32(tensorTableBytes))
        writer.append(UInt64(totalBytes))
        writer.append(binding.runID)
        writer.append(binding.round)
        writer.append(binding.device)
        writer.append(binding.baseModel.low)
        writer.append(binding.baseModel.high)
        writer.append(binding.payload.rawValue)
        writer.append((coding == .float32 ? FrameCodec.float32 : .stochasticRounding).rawValue)
        writer.append(table.options.grid.rawValue)
        writer.appendZeros(1)
        writer.append(UInt32(table.options.groupSize))
        writer.append(UInt32(table.layout.entries.count))
        writer.appendZeros(4)
        writer.append(UInt64(table.layout.parameterCount))
        writer.append(table.tensors.reduce(0) { $0 + expectedError($1) })
        writer.append(table.summary.squaredNorm)
        for error in table.summary.expectedErrors { writer.append(error) }
        for bytes in table.summary.codedBytes { writer.append(UInt64(bytes)) }
        writer.appendZeros(FrameLayout.headerBytes - writer.bytes.count)
    }

    private func encodedEntries() -> [UInt8] {
        var writer = FrameWriter()
        for (entry, line) in zip(table.layout.entries, table.tensors) {
            writer.append(UInt16(entry.name.utf8.count))
            writer.append(UInt8(entry.shape.count))
            switch coding {
            case .float32:
                writer.append(UInt8(0))
                writer.append(UInt8(32))
                writer.appendZeros(3 + 4)
            case .quantized(let bits):
                writer.append(table.options.grid.resolved(bits: bits).rawValue)
                writer.append(UInt8(bits))
                writer.appendZeros(3)
                writer.append(UInt32(table.options.groupSize))
            }
            writer.append(expectedError(line))
            for extent in entry.shape { writer.append(UInt64(extent)) }
            writer.bytes += entry.name.utf8
        }
        return writer.bytes
    }

    private func writeData(tensor index: Int, to writer: inout FrameWriter) {
        let entry = table.layout.entries[index]
        // SAFETY: the layout's entries lie inside `values`.
        let base = UnsafePointer(values.base) + entry.offset
        guard case .quantized(let bits) = coding else {
            writer.bytes += UnsafeRawBufferPointer(start: base, count: 4 * entry.count)
            return
        }
        let grid = table.options.grid.resolved(bits: bits)
        let format = grid.format(bits: bits)
        let scales = table.ranges[index].map(format.scale(for:))
        for scale in scales {
            if grid == .paper { writer.append(scale.offset) }
            writer.append(scale.step)
        }
        let start = writer.bytes.count
        writer.appendZeros(format.packedBytes(entry.count))
        let random = CounterRandom(
            seed: seed, stream: .rounding, round: binding.round, device: binding.device, item: UInt32(index))
        writer.bytes.withUnsafeMutableBufferPointer { bytes in
            guard entry.count > 0, let packed = bytes.baseAddress else { return }
            quantizeAndPack(
                base, geometry: ScopeGeometry(count: entry.count, groupSize: table.options.groupSize), scales: scales,
                format: format, random: random, into: packed + start, threads: threads)
        }
    }
}
