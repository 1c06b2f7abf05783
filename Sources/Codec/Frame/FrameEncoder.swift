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
    let widths: [Int] =
        switch coding {
        case .quantized(let bits): [bits]
        case .widths(let widths): widths
        case .float32, .lattice: []
        }
    for bits in widths where !QuantizationGrid.allBits.contains(bits) { throw .bitsOutOfRange(bits) }
    return try FrameEncoder(values: values, table: table, coding: coding, binding: binding, seed: seed, threads: threads).encode()
}

extension UpdateCoding {
    /// Bytes of a whole frame with the exact float32 values of a model.
    ///
    /// - Parameter options: those of the error table that the frame carries.
    /// - Throws: `CodecError` that names a tensor that a frame cannot hold.
    public static func exactFrameBytes(_ layout: ParameterLayout, options: QuantizerOptions) throws(CodecError) -> Int {
        try FrameEncoder.overheadBytes(layout, version: options.frameVersion) + 4 * layout.parameterCount
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
    static func overheadBytes(_ layout: ParameterLayout, version: UInt16) throws(CodecError) -> Int {
        guard !layout.entries.isEmpty else {
            throw .unsupportedTensor(name: "(none)", reason: "a frame needs at least one tensor")
        }
        return FrameLayout.headerBytes + (try tensorTableBytes(layout, version: version)) + FrameLayout.checksumBytes
    }

    private static func tensorTableBytes(_ layout: ParameterLayout, version: UInt16) throws(CodecError) -> Int {
        var bytes = 0
        var names: Set<[UInt8]> = []
        for entry in layout.entries {
            guard names.insert(Array(entry.name.utf8)).inserted else {
                throw .unsupportedTensor(name: entry.name, reason: "the name occurs twice")
            }
            let nameBytes = entry.name.utf8.count
            guard (1...FrameLayout.maximumNameBytes).contains(nameBytes) else {
                throw .unsupportedTensor(name: entry.name, reason: "a name has 1...\(FrameLayout.maximumNameBytes) UTF-8 bytes")
            }
            guard entry.shape.count <= FrameLayout.maximumRank else {
                throw .unsupportedTensor(name: entry.name, reason: "a shape has at most \(FrameLayout.maximumRank) extents")
            }
            bytes += FrameLayout.tensorEntryBytes(version: version) + 8 * entry.shape.count + nameBytes
        }
        return bytes
    }

    func encode() throws(CodecError) -> [UInt8] {
        let tensors = try codedTensors()
        let codec = tensors[0].codec
        var writer = FrameWriter()
        let entries = encodedEntries(tensors)
        let dataBytes = tensors.reduce(0) { $0 + $1.bytes }
        let totalBytes = FrameLayout.headerBytes + entries.count + dataBytes + FrameLayout.checksumBytes
        writer.bytes.reserveCapacity(totalBytes)
        writeHeader(tensors, codec: codec, totalBytes: totalBytes, tensorTableBytes: entries.count, to: &writer)
        writer.bytes += entries
        for (index, tensor) in tensors.enumerated() { write(tensor, index: index, to: &writer) }
        writer.append(writer.bytes.withUnsafeBytes(hash64))
        return writer.bytes
    }

    /// How a tensor is coded; what has no size of its own is coded when it is written.
    private enum CodedTensor {
        case raw(count: Int)
        case levels(grid: QuantizationGrid, bits: Int, bytes: Int, error: Double)
        case lattice(CodedLattice, error: Double)

        var codec: FrameCodec {
            switch self {
            case .raw: .float32
            case .levels: .stochasticRounding
            case .lattice: .lattice
            }
        }

        var bytes: Int {
            switch self {
            case .raw(let count): 4 * count
            case .levels(_, _, let bytes, _): bytes
            case .lattice(let coded, _): coded.data.count
            }
        }

        /// Exact expected squared error.
        var error: Double {
            switch self {
            case .raw: 0
            case .levels(_, _, _, let error), .lattice(_, let error): error
            }
        }
    }

    private func codedTensors() throws(CodecError) -> [CodedTensor] {
        switch coding {
        case .float32: return table.layout.entries.map { .raw(count: $0.count) }
        case .quantized(let bits) where table.options.grid == .lattice:
            return try latticeTensors(step: table.latticeStep(bits: Double(bits)))
        case .quantized(let bits): return table.tensors.map { levels($0, bits: bits) }
        case .widths(let widths):
            precondition(widths.count == table.tensors.count && table.options.grid.hasLevels, "a width for each tensor of levels")
            return zip(table.tensors, widths).map { levels($0, bits: $1) }
        case .lattice(let step): return try latticeTensors(step: step)
        }
    }

    private func levels(_ line: ErrorTable.Line, bits: Int) -> CodedTensor {
        .levels(
            grid: table.options.grid.resolved(bits: bits), bits: bits, bytes: line.codedBytes(bits: bits),
            error: line.expectedError(bits: bits))
    }

    private func latticeTensors(step: Float) throws(CodecError) -> [CodedTensor] {
        precondition(table.options.grid == .lattice, "the table is of another grid")
        let largest = table.ranges.reduce(0) { max($0, $1.reduce(0) { max($0, $1.largest) }) }
        guard step > 0, largest + 2 * step < MagnitudeStatistics.magnitudeLimit, largest / step < 0x1p23 - 2 else {
            throw .stepOutOfRange(step: step, largest: largest)
        }
        let statistics = LatticeSurvey(
            count: table.layout.parameterCount, squaredNorm: table.summary.squaredNorm, rounding: table.options.rounding)
        // What is all zero needs no dither.
        let lattice = Lattice(step: step, dithered: isDithered)
        return table.layout.entries.enumerated().map { index, entry in
            // SAFETY: the layout's entries lie inside `values`.
            let base = UnsafePointer(values.base) + entry.offset
            return .lattice(
                CodedLattice(
                    base, count: entry.count, squaredNorm: table.tensors[index].squaredNorm, lattice: lattice,
                    random: random(isDithered ? .dither : .rounding, tensor: index),
                    threads: threads),
                error: statistics.expectedErrors(base, count: entry.count, steps: [step], threads: threads)[0])
        }
    }

    /// Frames of a lattice, exact ones among them, are written in version 2.
    private var version: UInt16 { table.options.frameVersion }

    private var isDithered: Bool { table.options.rounding == .dithered && table.summary.squaredNorm > 0 }

    private func random(_ stream: RandomStream, tensor index: Int) -> CounterRandom {
        CounterRandom(seed: seed, stream: stream, round: binding.round, device: binding.device, item: UInt32(index))
    }

    private func writeHeader(
        _ tensors: [CodedTensor], codec: FrameCodec, totalBytes: Int, tensorTableBytes: Int, to writer: inout FrameWriter
    ) {
        writer.bytes += FrameLayout.magic
        writer.append(version)
        writer.append(UInt16(FrameLayout.headerBytes))
        writer.append(UInt32(tensorTableBytes))
        writer.append(UInt64(totalBytes))
        writer.append(binding.runID)
        writer.append(binding.round)
        writer.append(binding.device)
        writer.append(binding.baseModel.low)
        writer.append(binding.baseModel.high)
        writer.append(binding.payload.rawValue)
        writer.append(codec.rawValue)
        writer.append(table.options.grid.rawValue)
        let rounding = version > 1 ? table.options.rounding : nil
        writer.append(rounding?.rawValue ?? 0)
        writer.append(UInt32(table.options.groupSize))
        writer.append(UInt32(table.layout.entries.count))
        writer.appendZeros(4)
        writer.append(UInt64(table.layout.parameterCount))
        writer.append(tensors.reduce(0) { $0 + $1.error })
        writer.append(table.summary.squaredNorm)
        for error in table.summary.expectedErrors { writer.append(error) }
        for bytes in table.summary.codedBytes { writer.append(UInt64(bytes)) }
        if rounding == .dithered {
            let key = random(.dither, tensor: 0).key
            writer.append(key.0)
            writer.append(key.1)
        }
        writer.appendZeros(FrameLayout.headerBytes - writer.bytes.count)
    }

    private func encodedEntries(_ tensors: [CodedTensor]) -> [UInt8] {
        var writer = FrameWriter()
        for (entry, tensor) in zip(table.layout.entries, tensors) {
            writer.append(UInt16(entry.name.utf8.count))
            writer.append(UInt8(entry.shape.count))
            switch tensor {
            case .raw:
                writer.append(UInt8(0))
                writer.append(UInt8(32))
                writer.appendZeros(3 + 4)
            case .levels(let grid, let bits, _, _):
                writer.append(grid.rawValue)
                writer.append(UInt8(bits))
                writer.appendZeros(3)
                writer.append(UInt32(table.options.groupSize))
            case .lattice(let coded, _):
                writer.append(QuantizationGrid.lattice.rawValue)
                writer.append(UInt8(coded.bits))
                writer.append(coded.storage.rawValue)
                writer.append((isDithered ? LatticeRounding.dithered : .stochastic).rawValue)
                writer.appendZeros(1 + 4)
            }
            writer.append(tensor.error)
            if version > 1 { writer.append(UInt64(tensor.bytes)) }
            for extent in entry.shape { writer.append(UInt64(extent)) }
            writer.bytes += entry.name.utf8
        }
        return writer.bytes
    }

    private func write(_ tensor: CodedTensor, index: Int, to writer: inout FrameWriter) {
        let entry = table.layout.entries[index]
        // SAFETY: the layout's entries lie inside `values`.
        let base = UnsafePointer(values.base) + entry.offset
        switch tensor {
        case .raw: writer.bytes += UnsafeRawBufferPointer(start: base, count: 4 * entry.count)
        case .levels(let grid, let bits, _, _): writeLevels(base, entry, grid.format(bits: bits), grid, index: index, to: &writer)
        case .lattice(let coded, _): writer.bytes += coded.data
        }
    }

    private func writeLevels(
        _ base: UnsafePointer<Float>, _ entry: ParameterLayout.Entry, _ format: CodeFormat, _ grid: QuantizationGrid, index: Int,
        to writer: inout FrameWriter
    ) {
        let scales = table.ranges[index].map(format.scale(for:))
        for scale in scales {
            if grid == .paper { writer.append(scale.offset) }
            writer.append(scale.step)
        }
        let start = writer.bytes.count
        writer.appendZeros(format.packedBytes(entry.count))
        writer.bytes.withUnsafeMutableBufferPointer { bytes in
            guard entry.count > 0, let packed = bytes.baseAddress else { return }
            quantizeAndPack(
                base, geometry: GroupGeometry(count: entry.count, groupSize: table.options.groupSize), scales: scales,
                format: format, random: random(.rounding, tensor: index), into: packed + start, threads: threads)
        }
    }
}
