import Kernels

/// Reads and checks the tensor table, entry by entry.
struct TensorTableParser {
    let limits: FrameLimits
    let version: FrameVersion
    let codec: FrameCodec
    private(set) var reader: ByteReader

    init(limits: FrameLimits, version: FrameVersion, codec: FrameCodec, reader: ByteReader) {
        (self.limits, self.version, self.codec, self.reader) = (limits, version, codec, reader)
    }

    /// The entries of `count` tensors in `bytes` bytes.
    mutating func entries(count: Int, bytes: Int) throws(FrameError) -> [TensorEntry] {
        let start = reader.position
        guard count * version.tensorEntryBytes <= bytes, bytes <= reader.end - start else {
            throw .invalidField(
                field: "tensor table length", detail: "is \(bytes), impossible for \(count) tensors in this frame")
        }
        var entries: [TensorEntry] = []
        var names: Set<[UInt8]> = []
        for index in 0..<count {
            let entry = try entry(index)
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

    private mutating func entry(_ index: Int) throws(FrameError) -> TensorEntry {
        let nameBytes = Int(try reader.read("name length of tensor \(index)", as: UInt16.self))
        let rank = Int(try reader.read("rank of tensor \(index)", as: UInt8.self))
        try FrameLimits.require("rank of tensor \(index)", rank, atMost: FrameFormat.maximumRank)
        let coding = try coding(index)
        let error = try reader.readError("expected error of tensor \(index)")
        let dataBytes =
            switch version {
            case .levels: nil as Int?
            case .lattice: try reader.readCount("data length of tensor \(index)")
            }
        let (shape, count) = try shape(rank: rank, tensor: index)
        let name = try reader.readTensorName(nameBytes, of: "tensor \(index)")
        let codedBytes =
            switch coding {
            case .float32: 4 * count
            case .levels(let grid, let bits, let groupSize):
                grid.codedBytes(GroupGeometry(count: count, groupSize: groupSize), bits: bits)
            case .lattice: dataBytes ?? 0
            }
        guard dataBytes ?? codedBytes == codedBytes else {
            throw .invalidField(
                field: "data length of tensor \(index)", detail: "is \(dataBytes ?? 0), \(count) elements take \(codedBytes)")
        }
        return TensorEntry(
            name: name, shape: shape, expectedError: error, count: count, codedBytes: codedBytes, coding: coding)
    }

    /// Entry bytes 3...11: grid, bits, storage and rounding on a lattice, group size.
    private mutating func coding(_ index: Int) throws(FrameError) -> TensorCoding {
        let grid: UInt8 = try reader.read("grid of tensor \(index)")
        let bits = Int(try reader.read("bits of tensor \(index)", as: UInt8.self))
        switch codec {
        case .float32:
            let groupSize = try groupSize(index, reserved: 3)
            guard grid == 0, bits == 32, groupSize == 0 else {
                throw .invalidField(
                    field: "tensor \(index)", detail: "has grid \(grid), bits \(bits), group size \(groupSize); raw is 0, 32, 0")
            }
            return .float32
        case .stochasticRounding:
            let groupSize = try groupSize(index, reserved: 3)
            guard let levels = LevelGrid(rawValue: grid) else {
                throw .unknownID(field: "grid of tensor \(index)", value: Int(grid))
            }
            guard levels.bits.contains(bits) else {
                throw .invalidField(field: "bits of tensor \(index)", detail: "is \(bits), outside \(levels.bits) of its grid")
            }
            return .levels(levels, bits: bits, groupSize: groupSize)
        case .lattice:
            let storage = try reader.readID("storage of tensor \(index)", LatticeStorage.init(rawValue:))
            let rounding = try reader.readID("rounding of tensor \(index)", LatticeRounding.init(rawValue:))
            let groupSize = try groupSize(index, reserved: 1)
            guard grid == FrameFormat.latticeGridID else {
                throw .unknownID(field: "grid of tensor \(index)", value: Int(grid))
            }
            let widths = storage == .packed ? 1...24 : 0...LatticeStorage.mostLowBits
            guard widths.contains(bits), groupSize == 0 else {
                throw .invalidField(
                    field: "bits of tensor \(index)", detail: "are \(bits) with group size \(groupSize), outside \(widths) and 0")
            }
            return .lattice(storage, bits: bits, rounding: rounding)
        }
    }

    /// The group size behind reserved bytes.
    private mutating func groupSize(_ tensor: Int, reserved: Int) throws(FrameError) -> Int {
        try reader.expectZeros(reserved, field: "reserved bytes of tensor \(tensor)")
        return Int(try reader.read("group size of tensor \(tensor)", as: UInt32.self))
    }

    /// The extents and their product, which stays within the limit all the way: nothing of what follows overflows.
    private mutating func shape(rank: Int, tensor: Int) throws(FrameError) -> (shape: [Int], count: Int) {
        var shape: [Int] = []
        var count: UInt64 = 1
        for _ in 0..<rank {
            let extent: UInt64 = try reader.read("shape of tensor \(tensor)")
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            try FrameLimits.require("element count of tensor \(tensor)", overflow ? .max : product, atMost: limits.parameters)
            guard let whole = Int(exactly: extent) else {
                throw .invalidField(field: "shape of tensor \(tensor)", detail: "has the extent \(extent), not below 2^63")
            }
            shape.append(whole)
            count = product
        }
        return (shape, Int(count))
    }
}
