import Kernels

extension UpdateFrame {
    /// The bytes of an update frame: what `init(_:limits:threads:)` takes apart again.
    ///
    /// Random numbers come from streams of `seed`, addressed by round, device, tensor and element: equal arguments give equal bytes for any
    /// number of threads. `values` are those that the coding's error table was made of (precondition on their count).
    public static func encode(
        _ values: Tensor, as coding: UpdateCoding, binding: FrameBinding, seed: UInt64, threads: Int = 1
    ) -> [UInt8] {
        FrameEncoder(values: values, form: coding.form, binding: binding, seed: seed, threads: threads).encode()
    }

    /// How many bytes `encode` makes of the same arguments, without making those that need not be made to know.
    public static func encodedBytes(
        _ values: Tensor, as coding: UpdateCoding, binding: FrameBinding, seed: UInt64, threads: Int = 1
    ) -> Int {
        coding.frameBytes
            ?? FrameEncoder(values: values, form: coding.form, binding: binding, seed: seed, threads: threads).encodedBytes
    }

    /// The bytes of the frame of the least expected error that has at most `limit` bytes, and how it is coded.
    ///
    /// Levels get a width for each tensor, a lattice the finest step that fits. The step is found by coding with steps that an estimate
    /// and the sizes so far suggest; 99.5 % of the limit are enough. Accepted widths lie in 2...8 (precondition): no tensor gets another,
    /// and a lattice's step lies between those of the narrowest and the widest. nil accepts all widths, and on a lattice any finer step.
    ///
    /// - Throws: `CodecError.bytesNotMet` where the coarsest accepted coding takes more.
    public static func encode(
        _ values: Tensor, table: ErrorTable, bytesAtMost limit: Int, accepted: ClosedRange<Int>?, binding: FrameBinding,
        seed: UInt64, threads: Int = 1
    ) throws(CodecError) -> (frame: [UInt8], coding: UpdateCoding) {
        func encode(_ form: UpdateCoding.Form) -> [UInt8] {
            FrameEncoder(values: values, form: form, binding: binding, seed: seed, threads: threads).encode()
        }
        let widths = accepted ?? CodeWidths.all
        let bits = widths.lowerBound
        switch table {
        case .levels(let table):
            guard let choice = table.widths(bytesAtMost: limit, accepted: widths) else {
                throw .bytesNotMet(limit: limit, smallest: table.summary.codedBytes(bits: bits), bits: bits)
            }
            let coding = try table.coding(widths: choice.bits)
            return (encode(coding.form), coding)
        case .lattice(let table):
            let finest = accepted == nil ? table.finestBits : Double(widths.upperBound)
            var search = StepSearch(table, bytesAtMost: limit, bits: Double(bits)...max(finest, Double(bits)))
            while let bits = search.nextBits {
                let step = try table.checked(table.statistics.step(bits: bits))
                search.add(bits: bits, step: step, frame: encode(.lattice(table, step: step)))
            }
            guard let best = search.best else { throw .bytesNotMet(limit: limit, smallest: search.smallest, bits: bits) }
            return (best.frame, try table.coding(step: best.step, values: values, threads: threads))
        }
    }
}

/// Writes one frame: first what every tensor's data is and how large, then header, tensor table, data and checksum.
private struct FrameEncoder {
    let values: Tensor
    let form: UpdateCoding.Form
    let binding: FrameBinding
    let seed: UInt64
    let threads: Int

    private var table: ErrorTable {
        switch form {
        case .float32(let table): table
        case .levels(let table, _): .levels(table)
        case .lattice(let table, _): .lattice(table)
        }
    }

    private var codec: FrameCodec {
        switch form {
        case .float32: .float32
        case .levels: .stochasticRounding
        case .lattice: .lattice
        }
    }

    /// A tensor's entry, and its data where that had to be coded to know its size.
    private typealias Part = (entry: TensorEntry, data: [UInt8])

    func encode() -> [UInt8] {
        let (table, layout) = (table, table.layout)
        precondition(values.count == layout.parameterCount, "the table was made of other values")
        let parts = parts()
        let dataBytes = parts.reduce(0) { $0 + $1.entry.codedBytes }
        let header = UpdateFrameHeader(
            frameBytes: FrameFormat.bytesBesideData(layout, version: table.quantizer.frameVersion) + dataBytes,
            binding: binding, codec: codec, expectedError: parts.reduce(0) { $0 + $1.entry.expectedError },
            table: table.summary, tableQuantizer: table.quantizer, tensors: parts.map(\.entry), carried: .none,
            ditherKey: table.quantizer == .lattice(.dithered) ? random(.dither, tensor: 0).key : (0, 0))
        var writer = ByteWriter()
        OutOfMemory.require(bytes: header.frameBytes)
        writer.bytes.reserveCapacity(header.frameBytes)
        header.write(to: &writer)
        for (index, part) in parts.enumerated() { append(part, index: index, to: &writer) }
        // SAFETY: the hash reads the bytes before they can move.
        writer.append(writer.bytes.withUnsafeBytes(hash64))
        return writer.bytes
    }

    /// Bytes of a whole frame.
    var encodedBytes: Int {
        guard case .lattice(let table, let step) = form else { return encode().count }
        let besideData = FrameFormat.bytesBesideData(table.layout, version: .lattice)
        return table.layout.entries.indices.reduce(besideData) { sum, index in
            let entry = table.layout.entries[index]
            return sum
                + EncodedLattice.bytes(
                    entry.start(in: values), count: entry.count, squaredNorm: table.tensors[index].squaredNorm,
                    lattice: Lattice(step: step, dithered: table.isDithered),
                    random: random(table.isDithered ? .dither : .rounding, tensor: index), threads: threads)
        }
    }

    private func parts() -> [Part] {
        switch form {
        case .float32(let table):
            return table.layout.entries.map { (entry($0, .float32, error: 0, bytes: 4 * $0.count), []) }
        case .levels(let table, let widths):
            return zip(zip(table.layout.entries, table.tensors), widths).map { tensor, bits in
                let (entry, summary) = tensor
                return (
                    self.entry(
                        entry, .levels(table.grid.resolved(bits: bits), bits: bits, groupSize: table.groupSize),
                        error: summary.expectedError(bits: bits), bytes: summary.codedBytes(bits: bits)), []
                )
            }
        case .lattice(let table, let step):
            return table.layout.entries.indices.map { latticePart(table, step: step, index: $0) }
        }
    }

    private func latticePart(_ table: LatticeErrorTable, step: Float, index: Int) -> Part {
        let entry = table.layout.entries[index]
        let start = entry.start(in: values)
        let coded = EncodedLattice(
            start, count: entry.count, squaredNorm: table.tensors[index].squaredNorm,
            lattice: Lattice(step: step, dithered: table.isDithered),
            random: random(table.isDithered ? .dither : .rounding, tensor: index), threads: threads)
        let error = table.statistics.expectedErrors(start, count: entry.count, steps: [step], threads: threads)[0]
        let rounding: LatticeRounding = table.isDithered ? .dithered : .stochastic
        return (
            self.entry(
                entry, .lattice(coded.storage, bits: coded.bits, rounding: rounding), error: error, bytes: coded.data.count),
            coded.data
        )
    }

    private func entry(_ entry: ParameterLayout.Entry, _ coding: TensorCoding, error: Double, bytes: Int) -> TensorEntry {
        TensorEntry(
            name: entry.name, shape: entry.shape, expectedError: error, count: entry.count, codedBytes: bytes, coding: coding)
    }

    private func append(_ part: Part, index: Int, to writer: inout ByteWriter) {
        let start = table.layout.entries[index].start(in: values)
        switch form {
        // SAFETY: the layout's entries lie inside `values`: encode() compares the counts.
        case .float32: writer.bytes += UnsafeRawBufferPointer(start: start, count: 4 * part.entry.count)
        case .lattice: writer.bytes += part.data
        case .levels(let table, let widths):
            LevelPart.append(
                start, geometry: GroupGeometry(count: part.entry.count, groupSize: table.groupSize), ranges: table.ranges[index],
                grid: table.grid.resolved(bits: widths[index]), bits: widths[index], random: random(.rounding, tensor: index),
                to: &writer, threads: threads)
        }
    }

    private func random(_ stream: RandomStream, tensor index: Int) -> CounterRandom {
        CounterRandom(seed: seed, stream: stream, round: binding.round, device: binding.device, item: UInt32(index))
    }
}
