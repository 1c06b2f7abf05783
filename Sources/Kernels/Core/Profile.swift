/// Wall time and work of operations, by name and shape: where the time of a step goes.
///
/// A context keeps one where `ComputeContext.profile` is set.
public struct Profile: Sendable {
    /// An operation on operands of one shape.
    public struct Operation: Sendable, Hashable {
        /// As in `Meter.operations`, e.g. `conv2d.forward`.
        public let name: String
        public let shape: OperationShape
    }

    public struct Entry: Sendable {
        public let operation: Operation
        public fileprivate(set) var count = Meter.Count()
        public fileprivate(set) var nanoseconds = 0
    }

    /// In the order in which the operations first ran.
    public private(set) var entries: [Entry] = []
    private var places: [Operation: Int] = [:]

    public init() {}

    /// Time in kernels and their checks; what lies between them is not in it.
    public var nanoseconds: Int { entries.reduce(0) { $0 + $1.nanoseconds } }

    mutating func add(_ operation: Operation, _ work: OperationWork, nanoseconds: Int) {
        let place = places[operation] ?? entries.count
        if place == entries.count {
            places[operation] = place
            entries.append(Entry(operation: operation))
        }
        entries[place].count.add(work)
        entries[place].nanoseconds += nanoseconds
    }
}

/// Extents of an operation's operands.
public enum OperationShape: Sendable, Hashable, CustomStringConvertible {
    /// So many values, one by one.
    case elements(Int)
    case convolution(Conv2DGeometry)
    /// A dense layer on so many rows.
    case linear(rows: Int, inputs: Int, outputs: Int)
    case groupNorm(batch: Int, pixels: Int, channels: Int, groups: Int)
    case attention(batch: Int, tokens: Int, heads: Int, headChannels: Int)

    public var description: String {
        switch self {
        case .elements(let count): "\(count)"
        case .convolution(let g):
            "\(g.kernel)x\(g.kernel) s\(g.stride) n\(g.batch) ci\(g.inputChannels) co\(g.outputChannels) hw\(g.height)x\(g.width)"
                + (g.upsample == 1 ? "" : " upsampled")
        case .linear(let rows, let inputs, let outputs): "n\(rows) ci\(inputs) co\(outputs)"
        case .groupNorm(let batch, let pixels, let channels, let groups): "n\(batch) p\(pixels) c\(channels) g\(groups)"
        case .attention(let batch, let tokens, let heads, let channels): "n\(batch) t\(tokens) h\(heads) c\(channels)"
        }
    }
}

/// What one run of an operation computes and moves.
struct OperationWork {
    let executedFLOPs: Int
    let nominalFLOPs: Int
    let bytes: Int

    init(executedFLOPs: Int, nominalFLOPs: Int, bytes: Int) {
        (self.executedFLOPs, self.nominalFLOPs, self.bytes) = (executedFLOPs, nominalFLOPs, bytes)
    }

    /// Of an operation that computes what its textbook count says.
    init(flops: Int = 0, bytes: Int) { self.init(executedFLOPs: flops, nominalFLOPs: flops, bytes: bytes) }
}
