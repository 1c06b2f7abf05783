import Kernels

extension FrameParser {
    /// The data of every tensor, checked: scales, codes, unused bits, raw values.
    mutating func parts(_ header: UpdateFrameHeader, threads: Int) throws(FrameError) -> [UpdateFrame.TensorPart] {
        var parts: [UpdateFrame.TensorPart] = []
        var offset = 0
        for tensor in header.tensors {
            let geometry = ScopeGeometry(count: tensor.count, groupSize: tensor.groupSize)
            let format = tensor.grid?.format(bits: tensor.bits)
            var scales: [ScopeScale] = []
            if let grid = tensor.grid, let format {
                scales = try self.scales(tensor.name, grid: grid, format: format, count: geometry.scopeCount)
            }
            let start = try reader.skip(
                format?.packedBytes(tensor.count) ?? 4 * tensor.count, field: "codes of \(tensor.name)")
            let largest = try checkData(
                tensor, scales: scales, format: format, geometry: geometry, start: start, threads: threads)
            parts.append(
                UpdateFrame.TensorPart(
                    geometry: geometry, format: format, scales: scales, codesStart: start, offset: offset,
                    largestMagnitude: largest))
            offset += tensor.count
        }
        return parts
    }

    private mutating func scales(
        _ tensor: String, grid: QuantizationGrid, format: CodeFormat, count: Int
    ) throws(FrameError) -> [ScopeScale] {
        var scales: [ScopeScale] = []
        scales.reserveCapacity(count)
        for scope in 0..<count {
            let offset = grid == .paper ? Float(bitPattern: try reader.read("scales of \(tensor)")) : 0
            let step = Float(bitPattern: try reader.read("scales of \(tensor)"))
            let scale = ScopeScale(offset: offset, step: step)
            for value in [offset, step] where !(value >= 0 && value.sign == .plus && value < MagnitudeSurvey.magnitudeLimit) {
                throw .invalidScale(tensor: tensor, scope: scope, value: value)
            }
            guard scale.magnitude(level: format.topLevel).isFinite else {
                throw .invalidScale(tensor: tensor, scope: scope, value: scale.step)
            }
            scales.append(scale)
        }
        return scales
    }

    /// Refuses a reserved code, an unused bit that is set, and a raw value that is out of range.
    ///
    /// - Returns: a bound on the magnitudes.
    private func checkData(
        _ tensor: UpdateFrameHeader.TensorEntry, scales: [ScopeScale], format: CodeFormat?, geometry: ScopeGeometry, start: Int,
        threads: Int
    ) throws(FrameError) -> Float {
        guard tensor.count > 0 else { return 0 }
        guard let format else { return try checkRawValues(tensor.name, geometry: geometry, start: start, threads: threads) }
        let reserved = withBytes(from: start) { codes in
            firstReservedCode(
                codes.assumingMemoryBound(to: UInt8.self), count: tensor.count, format: format, threads: threads)
        }
        if let index = reserved { throw .reservedCode(tensor: tensor.name, index: index) }
        let usedBits = tensor.count * format.bits % 8
        let lastByte = reader.bytes[start + format.packedBytes(tensor.count) - 1]
        guard usedBits == 0 || lastByte >> UInt8(usedBits) == 0 else {
            throw .reservedNotZero(field: "unused bits after the codes of \(tensor.name)")
        }
        return scales.reduce(0) { max($0, $1.magnitude(level: format.topLevel)) }
    }

    private func checkRawValues(
        _ tensor: String, geometry: ScopeGeometry, start: Int, threads: Int
    ) throws(FrameError) -> Float {
        let survey = withBytes(from: start) { MagnitudeSurvey($0, geometry: geometry, threads: threads) }
        if let index = survey.firstRejected {
            let value = withBytes(from: start) { $0.loadUnaligned(fromByteOffset: 4 * index, as: Float.self) }
            throw .valueOutOfRange(tensor: tensor, index: index, value: value)
        }
        return survey.ranges.reduce(0) { max($0, $1.largest) }
    }

    /// The frame's bytes from `start` on, which `reader` has checked to lie inside the frame.
    private func withBytes<Result>(from start: Int, _ body: (UnsafeRawPointer) -> Result) -> Result {
        // SAFETY: a frame is not empty, so it has a base address.
        reader.bytes.withUnsafeBytes { body($0.baseAddress! + start) }
    }
}
