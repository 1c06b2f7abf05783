import Kernels

/// Reads and checks a frame, field by field, allocating nothing that the limits do not allow.
struct FrameParser {
    let limits: FrameLimits
    let version: UInt16
    var reader: FrameReader

    /// Checks length, magic, version and checksum: after this the bytes are those that an encoder wrote.
    init(_ bytes: [UInt8], limits: FrameLimits) throws(FrameError) {
        self.limits = limits
        let smallest = FrameLayout.headerBytes + FrameLayout.checksumBytes
        guard bytes.count >= FrameLayout.magic.count else { throw .truncated(bytes: bytes.count, expected: smallest) }
        guard bytes.starts(with: FrameLayout.magic) else { throw .notAFrame }
        guard bytes.count >= smallest else { throw .truncated(bytes: bytes.count, expected: smallest) }
        reader = FrameReader(bytes, from: FrameLayout.magic.count, end: bytes.count - FrameLayout.checksumBytes)
        version = try reader.read("version")
        guard (1...FrameLayout.version).contains(version) else { throw .unsupportedVersion(Int(version)) }
        guard bytes.count <= limits.frameBytes else {
            throw .limitExceeded(field: "frame length", value: bytes.count, limit: limits.frameBytes)
        }
        var lengthReader = FrameReader(bytes, from: 16, end: reader.end)
        let declared = Int(clamping: try lengthReader.read("frame length", as: UInt64.self))
        guard bytes.count >= declared else { throw .truncated(bytes: bytes.count, expected: declared) }
        guard bytes.count == declared else { throw .trailingBytes(bytes.count - declared) }
        var checksumReader = FrameReader(bytes, from: reader.end, end: bytes.count)
        let checksum: UInt64 = try checksumReader.read("checksum")
        let actual = bytes.withUnsafeBytes { hash64(UnsafeRawBufferPointer(rebasing: $0.dropLast(FrameLayout.checksumBytes))) }
        guard checksum == actual else { throw .checksumMismatch }
    }

    mutating func header() throws(FrameError) -> UpdateFrameHeader {
        let headerBytes: UInt16 = try reader.read("header length")
        guard Int(headerBytes) == FrameLayout.headerBytes else {
            throw .invalidField(
                field: "header length", detail: "is \(headerBytes), it must be \(FrameLayout.headerBytes)")
        }
        let tensorTableBytes = Int(try reader.read("tensor table length", as: UInt32.self))
        let frameBytes = Int(clamping: try reader.read("frame length", as: UInt64.self))
        var binding = FrameBinding(
            runID: try reader.read("run id"), round: try reader.read("round"), device: try reader.read("device"),
            baseModel: ModelHash(low: try reader.read("base model"), high: try reader.read("base model")))
        binding.payload = try readID("payload kind", PayloadKind.init(rawValue:))
        let version = version
        let codec = try readID("codec") { FrameCodec(rawValue: $0).flatMap { $0.occurs(inVersion: version) ? $0 : nil } }
        let tableGrid = try readID("table grid") {
            QuantizationGrid(rawValue: $0).flatMap { $0.hasLevels == (version == 1) ? $0 : nil }
        }
        let tableRounding = try tableRounding()
        let tableGroupSize = Int(try reader.read("table group size", as: UInt32.self))
        guard version == 1 || tableGroupSize == 0 else {
            throw .invalidField(field: "table group size", detail: "is \(tableGroupSize), a lattice has 0")
        }
        let tensorCount = Int(try reader.read("tensor count", as: UInt32.self))
        try reader.expectZeros(4, field: "header bytes 68...71")
        let parameterCount = Int(clamping: try reader.read("parameter count", as: UInt64.self))
        guard tensorCount >= 1 else {
            throw .invalidField(field: "tensor count", detail: "is 0, a frame has at least one tensor")
        }
        try require("tensor count", tensorCount, atMost: limits.tensors)
        try require("parameter count", parameterCount, atMost: limits.parameters)
        let certificate = try reader.readError("expected error")
        let table = try errorSummary()
        let ditherKey = try ditherKey(tableRounding)
        let tensors = try tensorEntries(count: tensorCount, bytes: tensorTableBytes, codec: codec)
        try check(tensors, parameterCount: parameterCount, certificate: certificate)
        return UpdateFrameHeader(
            version: Int(version), frameBytes: frameBytes, binding: binding, codec: codec, expectedError: certificate,
            table: table, tableOptions: QuantizerOptions(grid: tableGrid, groupSize: tableGroupSize, rounding: tableRounding),
            tensors: tensors,
            ditherKey: ditherKey)
    }

    /// Header byte 59: how values are rounded to a lattice; reserved in version 1.
    private mutating func tableRounding() throws(FrameError) -> LatticeRounding {
        if version > 1 { return try readID("rounding", LatticeRounding.init(rawValue:)) }
        try reader.expectZeros(1, field: "header byte 59")
        return .dithered
    }

    /// Header bytes 208...215: the dither's key; reserved in version 1 and without dither.
    private mutating func ditherKey(_ rounding: LatticeRounding) throws(FrameError) -> (UInt32, UInt32) {
        guard version > 1, rounding == .dithered else {
            try reader.expectZeros(FrameLayout.headerBytes - reader.position, field: "header bytes 208...215")
            return (0, 0)
        }
        return (try reader.read("dither key"), try reader.read("dither key"))
    }

    private mutating func errorSummary() throws(FrameError) -> ErrorSummary {
        let squaredNorm = try reader.readError("squared norm")
        var errors: [Double] = []
        var sizes: [Int] = []
        for bits in QuantizationGrid.allBits { errors.append(try reader.readError("D(\(bits))")) }
        for bits in QuantizationGrid.allBits {
            sizes.append(Int(clamping: try reader.read("coded size at \(bits) bits", as: UInt64.self)))
        }
        return ErrorSummary(squaredNorm: squaredNorm, expectedErrors: errors, codedBytes: sizes)
    }

    private mutating func readID<ID>(_ field: String, _ make: (UInt8) -> ID?) throws(FrameError) -> ID {
        let value: UInt8 = try reader.read(field)
        guard let id = make(value) else { throw .unknownID(field: field, value: Int(value)) }
        return id
    }

    private func require(_ field: String, _ value: Int, atMost limit: Int) throws(FrameError) {
        guard value <= limit else { throw .limitExceeded(field: field, value: value, limit: limit) }
    }

    private mutating func tensorEntries(
        count: Int, bytes: Int, codec: FrameCodec
    ) throws(FrameError) -> [UpdateFrameHeader.TensorEntry] {
        let start = reader.position
        guard count * FrameLayout.tensorEntryBytes(version: version) <= bytes, bytes <= reader.end - start else {
            throw .invalidField(
                field: "tensor table length", detail: "is \(bytes), impossible for \(count) tensors in this frame")
        }
        var entries: [UpdateFrameHeader.TensorEntry] = []
        var names: Set<[UInt8]> = []
        for index in 0..<count {
            let entry = try tensorEntry(index, codec: codec)
            guard names.insert(Array(entry.name.utf8)).inserted else {
                throw .invalidField(field: "name of tensor \(index)", detail: "\(entry.name) occurs twice")
            }
            entries.append(entry)
        }
        guard reader.position - start == bytes else {
            throw .invalidField(field: "tensor table length", detail: "is \(bytes), the entries take \(reader.position - start)")
        }
        return entries
    }

    private mutating func tensorEntry(_ index: Int, codec: FrameCodec) throws(FrameError) -> UpdateFrameHeader.TensorEntry {
        let nameBytes = Int(try reader.read("name length of tensor \(index)", as: UInt16.self))
        let rank = Int(try reader.read("rank of tensor \(index)", as: UInt8.self))
        try require("rank of tensor \(index)", rank, atMost: FrameLayout.maximumRank)
        guard (1...FrameLayout.maximumNameBytes).contains(nameBytes) else {
            throw .invalidField(
                field: "name length of tensor \(index)", detail: "is \(nameBytes), outside 1...\(FrameLayout.maximumNameBytes)")
        }
        let gridID: UInt8 = try reader.read("grid of tensor \(index)")
        let bits = Int(try reader.read("bits of tensor \(index)", as: UInt8.self))
        let lattice = codec == .lattice ? try latticeFields(index) : nil
        try reader.expectZeros(lattice == nil ? 3 : 1, field: "reserved bytes of tensor \(index)")
        let groupSize = Int(try reader.read("group size of tensor \(index)", as: UInt32.self))
        let grid = try checkedGrid(gridID, bits: bits, groupSize: groupSize, codec: codec, lattice: lattice, tensor: index)
        let error = try reader.readError("expected error of tensor \(index)")
        let dataBytes = version == 1 ? nil : Int(clamping: try reader.read("data length of tensor \(index)", as: UInt64.self))
        var shape: [Int] = []
        for _ in 0..<rank { shape.append(Int(clamping: try reader.read("shape of tensor \(index)", as: UInt64.self))) }
        let count = try elementCount(shape, tensor: index)
        let nameStart = try reader.skip(nameBytes, field: "name of tensor \(index)")
        guard let name = String(validating: reader.bytes[nameStart..<(nameStart + nameBytes)], as: UTF8.self) else {
            throw .invalidField(field: "name of tensor \(index)", detail: "is not UTF-8")
        }
        let codedBytes =
            switch grid {
            case .none: 4 * count
            case .lattice: dataBytes ?? 0
            case .some(let grid): QuantizerOptions(grid: grid, groupSize: groupSize).codedBytes(count: count, bits: bits)
            }
        guard dataBytes ?? codedBytes == codedBytes else {
            throw .invalidField(
                field: "data length of tensor \(index)", detail: "is \(dataBytes ?? 0), \(count) elements take \(codedBytes)")
        }
        return UpdateFrameHeader.TensorEntry(
            name: name, shape: shape, bits: bits, grid: grid, groupSize: groupSize, expectedError: error, count: count,
            codedBytes: codedBytes, lattice: lattice)
    }

    private mutating func latticeFields(_ tensor: Int) throws(FrameError) -> UpdateFrameHeader.LatticeFields {
        UpdateFrameHeader.LatticeFields(
            storage: try readID("storage of tensor \(tensor)", LatticeStorage.init(rawValue:)),
            rounding: try readID("rounding of tensor \(tensor)", LatticeRounding.init(rawValue:)))
    }

    private func checkedGrid(
        _ id: UInt8, bits: Int, groupSize: Int, codec: FrameCodec, lattice: UpdateFrameHeader.LatticeFields?, tensor: Int
    ) throws(FrameError) -> QuantizationGrid? {
        switch codec {
        case .float32:
            guard id == 0, bits == 32, groupSize == 0 else {
                throw .invalidField(
                    field: "tensor \(tensor)", detail: "has grid \(id), bits \(bits), group size \(groupSize); raw is 0, 32, 0")
            }
            return nil
        case .stochasticRounding:
            guard let grid = QuantizationGrid(rawValue: id), grid.hasLevels else {
                throw .unknownID(field: "grid of tensor \(tensor)", value: Int(id))
            }
            guard grid.bits.contains(bits) else {
                throw .invalidField(field: "bits of tensor \(tensor)", detail: "is \(bits), outside \(grid.bits) of its grid")
            }
            return grid
        case .lattice:
            guard id == QuantizationGrid.lattice.rawValue else {
                throw .unknownID(field: "grid of tensor \(tensor)", value: Int(id))
            }
            let widths = lattice?.storage == .packed ? 1...24 : 0...LatticeLayout.mostLowBits
            guard widths.contains(bits), groupSize == 0 else {
                throw .invalidField(
                    field: "bits of tensor \(tensor)", detail: "are \(bits) with group size \(groupSize), outside \(widths) and 0"
                )
            }
            return .lattice
        }
    }

    private func elementCount(_ shape: [Int], tensor: Int) throws(FrameError) -> Int {
        var count = 1
        for extent in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            try require("element count of tensor \(tensor)", overflow ? .max : product, atMost: limits.parameters)
            count = product
        }
        return count
    }

    private func check(
        _ tensors: [UpdateFrameHeader.TensorEntry], parameterCount: Int, certificate: Double
    ) throws(FrameError) {
        let error = tensors.reduce(0) { $0 + $1.expectedError }
        guard error == certificate else {
            throw .invalidField(field: "expected error", detail: "is \(certificate), the tensors' sum is \(error)")
        }
        let total = tensors.reduce(0) { $0 + $1.count }
        guard total == parameterCount else {
            throw .invalidField(field: "parameter count", detail: "is \(parameterCount), the shapes have \(total)")
        }
        var dataBytes = 0
        for tensor in tensors {
            let (sum, overflow) = dataBytes.addingReportingOverflow(tensor.codedBytes)
            dataBytes = overflow ? .max : sum
        }
        guard reader.end - reader.position == dataBytes else {
            throw .invalidField(
                field: "data length", detail: "is \(reader.end - reader.position) bytes, the tensor table asks for \(dataBytes)")
        }
        guard let layout = limits.layout else { return }
        guard tensors.count == layout.entries.count else {
            throw .layoutMismatch(detail: "\(tensors.count) tensors, expected \(layout.entries.count)")
        }
        for (tensor, entry) in zip(tensors, layout.entries) where tensor.name != entry.name || tensor.shape != entry.shape {
            throw .layoutMismatch(detail: "\(tensor.name) \(tensor.shape), expected \(entry.name) \(entry.shape)")
        }
    }
}
