import Kernels

/// A tensor's codes of levels in a frame.
struct LevelPart: Sendable {
    let geometry: GroupGeometry
    let format: CodeFormat
    /// One for each group.
    let scales: [GroupScale]
    /// Where the codes start.
    let start: Int
    /// No value's magnitude is larger.
    let largestMagnitude: Float

    /// Reads and checks scales and codes.
    init(
        grid: LevelGrid, bits: Int, geometry: GroupGeometry, name: String, reader: inout ByteReader, threads: Int
    ) throws(FrameError) {
        (self.geometry, format) = (geometry, grid.format(bits: bits))
        scales = try Self.scales(grid, format, count: geometry.groupCount, name: name, reader: &reader)
        start = try reader.skipCodes(geometry.count, bits: bits, unit: "codes", of: name)
        largestMagnitude = scales.reduce(0) { [format] in max($0, $1.magnitude(level: format.topLevel)) }
        guard geometry.count > 0 else { return }
        let reserved = reader.withBytes(from: start) { [format] codes in
            firstReservedCode(codes, count: geometry.count, format: format, threads: threads)
        }
        if let reserved { throw .reservedCode(tensor: name, index: reserved) }
    }

    private static func scales(
        _ grid: LevelGrid, _ format: CodeFormat, count: Int, name: String, reader: inout ByteReader
    ) throws(FrameError) -> [GroupScale] {
        var scales: [GroupScale] = []
        scales.reserveCapacity(count)
        for group in 0..<count {
            let offset = grid == .paper ? Float(bitPattern: try reader.read("scales of \(name)")) : 0
            let step = Float(bitPattern: try reader.read("scales of \(name)"))
            let scale = GroupScale(offset: offset, step: step)
            for value in [offset, step] where !(value >= 0 && value.sign == .plus && value < MagnitudeStatistics.magnitudeLimit) {
                throw .invalidScale(tensor: name, group: group, value: value)
            }
            guard scale.magnitude(level: format.topLevel).isFinite else {
                throw .invalidScale(tensor: name, group: group, value: scale.step)
            }
            scales.append(scale)
        }
        return scales
    }

    /// Appends the scales and codes of values whose groups' magnitudes are `ranges`.
    static func append(
        _ values: UnsafePointer<Float>, geometry: GroupGeometry, ranges: [MagnitudeRange], grid: LevelGrid, bits: Int,
        random: CounterRandom, to writer: inout ByteWriter, threads: Int
    ) {
        let format = grid.format(bits: bits)
        let scales = ranges.map(format.scale(for:))
        for scale in scales {
            if grid == .paper { writer.append(scale.offset) }
            writer.append(scale.step)
        }
        let start = writer.bytes.count
        writer.appendZeros(format.packedBytes(geometry.count))
        writer.bytes.withUnsafeMutableBufferPointer { bytes in
            guard geometry.count > 0, let packed = bytes.baseAddress else { return }
            // SAFETY: the packed codes are the last bytes of the writer's.
            quantizeAndPack(
                values, geometry: geometry, scales: scales, format: format, random: random, into: packed + start,
                threads: threads)
        }
    }
}
