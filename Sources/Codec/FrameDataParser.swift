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
            let codesBytes = format?.packedBytes(tensor.count) ?? 4 * tensor.count
            let start = try reader.skip(codesBytes, field: "codes of \(tensor.name)")
            let part = UpdateFrame.TensorPart(
                geometry: geometry, format: format, scales: scales, codesStart: start, offset: offset)
            try checkData(part, tensor: tensor.name, byteCount: codesBytes, threads: threads)
            parts.append(part)
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

    private func checkData(
        _ part: UpdateFrame.TensorPart, tensor: String, byteCount: Int, threads: Int
    ) throws(FrameError) {
        guard part.geometry.count > 0 else { return }
        let rejected = reader.bytes.withUnsafeBufferPointer { buffer -> Int? in
            guard let base = buffer.baseAddress else { return nil }
            // SAFETY: `parts` has checked that the part's bytes lie inside the buffer.
            let data = base + part.codesStart
            guard let format = part.format else {
                return (0..<part.geometry.count).first { !(rawValue(data, $0).magnitude < MagnitudeSurvey.magnitudeLimit) }
            }
            return firstReservedCode(data, count: part.geometry.count, format: format, threads: threads)
        }
        if let index = rejected {
            guard part.format == nil else { throw .reservedCode(tensor: tensor, index: index) }
            let value = reader.bytes.withUnsafeBytes {
                $0.loadUnaligned(fromByteOffset: part.codesStart + 4 * index, as: UInt32.self)
            }
            throw .valueOutOfRange(tensor: tensor, index: index, value: Float(bitPattern: UInt32(littleEndian: value)))
        }
        guard let format = part.format else { return }
        let usedBits = part.geometry.count * format.bits % 8
        guard usedBits == 0 || reader.bytes[part.codesStart + byteCount - 1] >> UInt8(usedBits) == 0 else {
            throw .reservedNotZero(field: "unused bits after the codes of \(tensor)")
        }
    }
}
