import Kernels

/// One tensor's data inside a frame, checked: decoding it cannot fail.
struct FramePart: Sendable {
    enum Data: Sendable {
        /// Where raw values start.
        case raw(start: Int)
        case levels(LevelPart)
        case lattice(LatticePart)
    }

    let data: Data
    /// First element in the flat buffer, and number of elements.
    let (offset, count): (Int, Int)
    /// No value's magnitude is larger.
    let largestMagnitude: Float

    /// Reads and checks scales, codes, unused bits, raw values.
    ///
    /// - Parameter dither: the tensor's random numbers, should it be dithered.
    init(
        _ entry: TensorEntry, offset: Int, dither: CounterRandom, reader: inout ByteReader, threads: Int
    ) throws(FrameError) {
        (self.offset, count) = (offset, entry.count)
        switch entry.coding {
        case .float32:
            let start = try reader.skip(4 * entry.count, field: "values of \(entry.name)")
            data = .raw(start: start)
            largestMagnitude = try Self.largestRawValue(entry, start, reader, threads: threads)
        case .levels(let grid, let bits, let groupSize):
            let part = try LevelPart(
                grid: grid, bits: bits, geometry: GroupGeometry(count: entry.count, groupSize: groupSize), name: entry.name,
                reader: &reader, threads: threads)
            (data, largestMagnitude) = (.levels(part), part.largestMagnitude)
        case .lattice(let storage, let bits, let rounding):
            let part = try LatticePart(
                storage: storage, bits: bits, count: entry.count, bytes: entry.codedBytes,
                dither: rounding == .dithered ? dither : nil, name: entry.name, reader: &reader, threads: threads)
            (data, largestMagnitude) = (.lattice(part), part.largestMagnitude)
        }
    }

    /// Refuses a value that is out of range.
    private static func largestRawValue(
        _ entry: TensorEntry, _ start: Int, _ reader: ByteReader, threads: Int
    ) throws(FrameError) -> Float {
        guard entry.count > 0 else { return 0 }
        let statistics = reader.withBytes(from: start) {
            MagnitudeStatistics(
                UnsafeRawPointer($0), geometry: GroupGeometry(count: entry.count, groupSize: 0), threads: threads)
        }
        guard let index = statistics.firstRejected else { return statistics.ranges.reduce(0) { max($0, $1.largest) } }
        // SAFETY: the value's bytes lie inside those that were skipped.
        let value = reader.withBytes(from: start) {
            UnsafeRawPointer($0).loadUnaligned(fromByteOffset: 4 * index, as: Float.self)
        }
        throw .valueOutOfRange(tensor: entry.name, index: index, value: value)
    }

    /// The values; `target` has `count` elements and is overwritten.
    ///
    /// - Parameter frame: the bytes that the part was read from.
    func decode(_ frame: [UInt8], into target: UnsafeMutablePointer<Float>, threads: Int) {
        guard count > 0 else { return }
        frame.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            // SAFETY: `init` has checked that the part's data lies inside the frame.
            switch data {
            case .raw(let start):
                UnsafeMutableRawPointer(target).copyMemory(from: base + start, byteCount: 4 * count)
            case .levels(let part):
                unpackAndDequantize(
                    base + part.start, geometry: part.geometry, scales: part.scales, format: part.format, into: target,
                    threads: threads)
            case .lattice(let part):
                part.decode(base, threads: threads) { first, count, values in
                    (target + first).update(from: values, count: count)
                }
            }
        }
    }
}
