import Kernels

extension FrameParser {
    /// The data of every tensor, checked: scales, codes, unused bits, raw values.
    mutating func parts(_ header: UpdateFrameHeader, threads: Int) throws(FrameError) -> [UpdateFrame.TensorPart] {
        var parts: [UpdateFrame.TensorPart] = []
        var offset = 0
        for (index, tensor) in header.tensors.enumerated() {
            let geometry = GroupGeometry(count: tensor.count, groupSize: tensor.groupSize)
            let (data, largest) =
                switch tensor.grid {
                case .none: try rawValues(tensor, geometry: geometry, threads: threads)
                case .lattice: try lattice(tensor, threads: threads)
                case .some(let grid): try levels(tensor, grid: grid, geometry: geometry, threads: threads)
                }
            parts.append(
                UpdateFrame.TensorPart(
                    geometry: geometry, data: data, offset: offset, index: index, largestMagnitude: largest))
            offset += tensor.count
        }
        return parts
    }

    /// A tensor's data, checked, and a bound on its magnitudes.
    private typealias CheckedData = (UpdateFrame.TensorPart.Data, Float)

    private mutating func lattice(
        _ tensor: UpdateFrameHeader.TensorEntry, threads: Int
    ) throws(FrameError) -> CheckedData {
        let start = reader.position
        let part = try LatticePart(tensor, reader: &reader)
        guard reader.position - start == tensor.codedBytes else {
            throw .invalidField(
                field: "data length of \(tensor.name)",
                detail: "is \(tensor.codedBytes), its parts take \(reader.position - start)")
        }
        return (.lattice(part), try part.verify(reader.bytes, name: tensor.name, threads: threads))
    }

    /// Refuses a reserved code, and an unused bit that is set.
    private mutating func levels(
        _ tensor: UpdateFrameHeader.TensorEntry, grid: QuantizationGrid, geometry: GroupGeometry, threads: Int
    ) throws(FrameError) -> CheckedData {
        let format = grid.format(bits: tensor.bits)
        let scales = try scales(tensor.name, grid: grid, format: format, count: geometry.groupCount)
        let bytes = format.packedBytes(tensor.count)
        let start = try reader.skip(bytes, field: "codes of \(tensor.name)")
        let data = UpdateFrame.TensorPart.Data.levels(format: format, scales: scales, start: start)
        guard tensor.count > 0 else { return (data, 0) }
        let reserved = withBytes(from: start) { codes in
            firstReservedCode(codes.assumingMemoryBound(to: UInt8.self), count: tensor.count, format: format, threads: threads)
        }
        if let index = reserved { throw .reservedCode(tensor: tensor.name, index: index) }
        let usedBits = tensor.count * format.bits % 8
        guard usedBits == 0 || reader.bytes[start + bytes - 1] >> UInt8(usedBits) == 0 else {
            throw .reservedNotZero(field: "unused bits after the codes of \(tensor.name)")
        }
        return (data, scales.reduce(0) { max($0, $1.magnitude(level: format.topLevel)) })
    }

    private mutating func scales(
        _ tensor: String, grid: QuantizationGrid, format: CodeFormat, count: Int
    ) throws(FrameError) -> [GroupScale] {
        var scales: [GroupScale] = []
        scales.reserveCapacity(count)
        for group in 0..<count {
            let offset = grid == .paper ? Float(bitPattern: try reader.read("scales of \(tensor)")) : 0
            let step = Float(bitPattern: try reader.read("scales of \(tensor)"))
            let scale = GroupScale(offset: offset, step: step)
            for value in [offset, step] where !(value >= 0 && value.sign == .plus && value < MagnitudeStatistics.magnitudeLimit) {
                throw .invalidScale(tensor: tensor, group: group, value: value)
            }
            guard scale.magnitude(level: format.topLevel).isFinite else {
                throw .invalidScale(tensor: tensor, group: group, value: scale.step)
            }
            scales.append(scale)
        }
        return scales
    }

    /// Refuses a value that is out of range.
    private mutating func rawValues(
        _ tensor: UpdateFrameHeader.TensorEntry, geometry: GroupGeometry, threads: Int
    ) throws(FrameError) -> CheckedData {
        let start = try reader.skip(4 * tensor.count, field: "values of \(tensor.name)")
        guard tensor.count > 0 else { return (.raw(start: start), 0) }
        let statistics = withBytes(from: start) { MagnitudeStatistics($0, geometry: geometry, threads: threads) }
        if let index = statistics.firstRejected {
            let value = withBytes(from: start) { $0.loadUnaligned(fromByteOffset: 4 * index, as: Float.self) }
            throw .valueOutOfRange(tensor: tensor.name, index: index, value: value)
        }
        return (.raw(start: start), statistics.ranges.reduce(0) { max($0, $1.largest) })
    }

    /// The frame's bytes from `start` on, which `reader` has checked to lie inside the frame.
    private func withBytes<Result>(from start: Int, _ body: (UnsafeRawPointer) -> Result) -> Result {
        // SAFETY: a frame is not empty, so it has a base address.
        reader.bytes.withUnsafeBytes { body($0.baseAddress! + start) }
    }
}
