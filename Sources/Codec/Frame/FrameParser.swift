import Kernels

/// Reads and checks a frame, field by field, allocating nothing that the limits do not allow.
struct FrameParser {
    let limits: FrameLimits
    /// What the frame is but for its carried section.
    let version: FrameVersion
    let hasCarriedSection: Bool
    var reader: ByteReader

    /// Checks length, magic, version and checksum: after this the bytes are those that an encoder wrote.
    init(_ bytes: [UInt8], limits: FrameLimits) throws(FrameError) {
        self.limits = limits
        let smallest = FrameFormat.headerBytes + FrameFormat.checksumBytes
        guard bytes.count >= FrameFormat.magic.count else { throw .truncated(bytes: bytes.count, expected: UInt64(smallest)) }
        guard bytes.starts(with: FrameFormat.magic) else { throw .notAFrame }
        guard bytes.count >= smallest else { throw .truncated(bytes: bytes.count, expected: UInt64(smallest)) }
        reader = ByteReader(bytes, from: FrameFormat.magic.count, end: bytes.count - FrameFormat.checksumBytes)
        let number: UInt16 = try reader.read("version")
        hasCarriedSection = number == FrameFormat.carryingVersion
        let isOfLattice = bytes[FrameFormat.tableGridOffset] == FrameFormat.latticeGridID
        guard let version = hasCarriedSection ? (isOfLattice ? .lattice : .levels) : FrameVersion(rawValue: number) else {
            throw .unsupportedVersion(Int(number))
        }
        self.version = version
        try FrameLimits.require("frame length", bytes.count, atMost: limits.frameBytes)
        var lengthReader = ByteReader(bytes, from: FrameFormat.frameLengthOffset, end: reader.end)
        let declared: UInt64 = try lengthReader.read("frame length")
        guard bytes.count >= declared else { throw .truncated(bytes: bytes.count, expected: declared) }
        guard bytes.count == declared else { throw .trailingBytes(bytes.count - Int(declared)) }
        var checksumReader = ByteReader(bytes, from: reader.end, end: bytes.count)
        let checksum: UInt64 = try checksumReader.read("checksum")
        guard checksum == FrameFormat.checksum(of: bytes) else { throw .checksumMismatch }
        guard !hasCarriedSection || limits.carriedBytes > 0 else { throw .carriedNotAccepted }
    }

    mutating func header() throws(FrameError) -> UpdateFrameHeader {
        let headerBytes: UInt16 = try reader.read("header length")
        guard Int(headerBytes) == FrameFormat.headerBytes else {
            throw .invalidField(
                field: "header length", detail: "is \(headerBytes), it must be \(FrameFormat.headerBytes)")
        }
        let tensorTableBytes = Int(try reader.read("tensor table length", as: UInt32.self))
        let frameBytes = try reader.readCount("frame length")
        var binding = FrameBinding(
            runID: try reader.read("run id"), round: try reader.read("round"), device: try reader.read("device"),
            baseModel: ModelHash(low: try reader.read("base model"), high: try reader.read("base model")))
        binding.payload = try reader.readID("payload kind", PayloadKind.init(rawValue:))
        let version = version
        let codec = try reader.readID("codec") { FrameCodec(rawValue: $0).flatMap { $0.occurs(in: version) ? $0 : nil } }
        let quantizer = try tableQuantizer()
        let tensorCount = Int(try reader.read("tensor count", as: UInt32.self))
        try reader.expectZeros(4, field: "header bytes 68...71")
        let parameters: UInt64 = try reader.read("parameter count")
        guard tensorCount >= 1 else {
            throw .invalidField(field: "tensor count", detail: "is 0, a frame has at least one tensor")
        }
        try FrameLimits.require("tensor count", tensorCount, atMost: limits.tensors)
        try FrameLimits.require("parameter count", parameters, atMost: limits.parameters)
        let certificate = try reader.readError("expected error")
        let table = try errorSummary()
        let ditherKey = try ditherKey(quantizer)
        var tensorTable = TensorTableParser(limits: limits, version: version, codec: codec, reader: reader)
        let tensors = try tensorTable.entries(count: tensorCount, bytes: tensorTableBytes)
        reader = tensorTable.reader
        try checkSums(of: tensors, parameterCount: Int(parameters), certificate: certificate)
        let dataBytes = try dataBytes(of: tensors)
        try checkLayout(of: tensors)
        var carried = CarriedSection.none
        if hasCarriedSection {
            let section = ByteReader(reader.bytes, from: reader.position + dataBytes, end: reader.end)
            var parser = CarriedSectionParser(limits: limits, reader: section)
            carried = try parser.section(beside: tensors)
        }
        return UpdateFrameHeader(
            frameBytes: frameBytes, binding: binding, codec: codec, expectedError: certificate, table: table,
            tableQuantizer: quantizer, tensors: tensors, carried: carried, ditherKey: ditherKey)
    }

    /// The data of every tensor, checked.
    mutating func parts(_ header: UpdateFrameHeader, threads: Int) throws(FrameError) -> [FramePart] {
        var parts: [FramePart] = []
        var offset = 0
        for (index, tensor) in header.tensors.enumerated() {
            let dither = CounterRandom(
                key: header.ditherKey, round: header.binding.round, device: header.binding.device, item: UInt32(index))
            parts.append(try FramePart(tensor, offset: offset, dither: dither, reader: &reader, threads: threads))
            offset += tensor.count
        }
        return parts
    }

    /// Header bytes 58...63: grid, rounding on a lattice, group size of levels.
    private mutating func tableQuantizer() throws(FrameError) -> Quantizer {
        switch version {
        case .levels:
            let grid = try reader.readID("table grid", LevelGrid.init(rawValue:))
            try reader.expectZeros(1, field: "header byte 59")
            return .levels(grid, groupSize: Int(try reader.read("table group size", as: UInt32.self)))
        case .lattice:
            _ = try reader.readID("table grid") { $0 == FrameFormat.latticeGridID ? $0 : nil }
            let rounding = try reader.readID("rounding", LatticeRounding.init(rawValue:))
            let groupSize: UInt32 = try reader.read("table group size")
            guard groupSize == 0 else {
                throw .invalidField(field: "table group size", detail: "is \(groupSize), a lattice has 0")
            }
            return .lattice(rounding)
        }
    }

    /// Header bytes 208...215: the dither's key, reserved without dither.
    private mutating func ditherKey(_ quantizer: Quantizer) throws(FrameError) -> (UInt32, UInt32) {
        guard quantizer == .lattice(.dithered) else {
            try reader.expectZeros(FrameFormat.headerBytes - reader.position, field: "header bytes 208...215")
            return (0, 0)
        }
        return (try reader.read("dither key"), try reader.read("dither key"))
    }

    private mutating func errorSummary() throws(FrameError) -> ErrorSummary {
        let squaredNorm = try reader.readError("squared norm")
        var errors: [Double] = []
        var sizes: [Int] = []
        for bits in CodeWidths.all { errors.append(try reader.readError("D(\(bits))")) }
        for bits in CodeWidths.all {
            sizes.append(try reader.readCount("coded size at \(bits) bits"))
        }
        return ErrorSummary(squaredNorm: squaredNorm, expectedErrors: errors, codedBytes: sizes)
    }

    private func checkSums(
        of tensors: [TensorEntry], parameterCount: Int, certificate: Double
    ) throws(FrameError) {
        let error = tensors.reduce(0) { $0 + $1.expectedError }
        guard error == certificate else {
            throw .invalidField(field: "expected error", detail: "is \(certificate), the tensors' sum is \(error)")
        }
        let total = tensors.reduce(0) { $0 + $1.count }
        guard total == parameterCount else {
            throw .invalidField(field: "parameter count", detail: "is \(parameterCount), the shapes have \(total)")
        }
    }

    /// Bytes of all tensors' data: what is left of the frame, but for a carried section.
    private func dataBytes(of tensors: [TensorEntry]) throws(FrameError) -> Int {
        var bytes = 0
        for tensor in tensors {
            let (sum, overflow) = bytes.addingReportingOverflow(tensor.codedBytes)
            bytes = overflow ? .max : sum
        }
        let left = reader.end - reader.position
        guard hasCarriedSection ? bytes <= left : bytes == left else {
            throw .invalidField(field: "data length", detail: "is \(left) bytes, the tensor table asks for \(bytes)")
        }
        return bytes
    }

    private func checkLayout(of tensors: [TensorEntry]) throws(FrameError) {
        guard let layout = limits.layout else { return }
        guard tensors.count == layout.entries.count else {
            throw .layoutMismatch(detail: "\(tensors.count) tensors, expected \(layout.entries.count)")
        }
        for (tensor, entry) in zip(tensors, layout.entries)
        where !tensor.name.utf8.elementsEqual(entry.name.utf8) || tensor.shape != entry.shape {
            throw .layoutMismatch(detail: "\(tensor.name) \(tensor.shape), expected \(entry.name) \(entry.shape)")
        }
    }
}
