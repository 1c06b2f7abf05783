import Kernels

/// The problem string that times an operation of a recorded step by itself. Operations without a family of their own (sums, copies)
/// have none.
enum LayerProblem {
    /// - Parameter scale: multiplies the batch, for a step that was recorded on a smaller one.
    static func name(_ operation: Profile.Operation, scale: Int = 1) -> String? {
        switch operation.shape {
        case let shape as Conv2DGeometry:
            guard let pass = LayerPass(operation: operation.name), let name = ConvolutionName(shape) else { return nil }
            let channels = "ci\(shape.inputChannels)co\(shape.outputChannels)"
            return "\(name)/\(pass.rawValue)/n\(shape.batch * scale)\(channels)hw\(shape.height)"
        case let shape as LinearShape:
            guard let pass = LayerPass(operation: operation.name) else { return nil }
            return "linear/\(pass.rawValue)/n\(shape.rows * scale)ci\(shape.inputs)co\(shape.outputs)"
        case let shape as GroupNormShape:
            guard let pass = pass(operation.name), let side = squareRoot(shape.pixels) else { return nil }
            return "groupnorm/\(pass)/n\(shape.batch * scale)c\(shape.channels)hw\(side)"
        case let shape as AttentionShape:
            guard let pass = pass(operation.name) else { return nil }
            return "attention/\(pass)/n\(shape.batch * scale)t\(shape.tokens)h\(shape.heads)c\(shape.headChannels)"
        default:
            return nil
        }
    }

    private static func pass(_ operation: String) -> String? {
        operation.hasSuffix(".forward") ? "fwd" : operation.hasSuffix(".backward") ? "bwd" : nil
    }

    /// The side of a square of so many pixels.
    private static func squareRoot(_ pixels: Int) -> Int? {
        let side = Int(Double(pixels).squareRoot().rounded())
        return side * side == pixels ? side : nil
    }
}

/// A layer's problem and how often a training step has it.
struct LayerCase: Encodable, Equatable {
    let name: String
    let calls: Int

    enum CodingKeys: String, CodingKey {
        case calls
        case name = "case"
    }

    /// The distinct layers of a recorded step, in the order in which they first ran.
    static func distinct(_ profile: Profile, scale: Int = 1) -> [LayerCase] {
        var order: [String] = []
        var calls: [String: Int] = [:]
        for entry in profile.entries {
            guard let name = LayerProblem.name(entry.operation, scale: scale) else { continue }
            if calls[name] == nil { order.append(name) }
            calls[name, default: 0] += entry.count.calls
        }
        return order.map { LayerCase(name: $0, calls: calls[$0] ?? 0) }
    }
}
