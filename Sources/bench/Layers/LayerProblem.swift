import Kernels

/// The problem string that times an operation of a recorded step by itself. Operations without a family of their own (sums, copies)
/// have none.
enum LayerProblem {
    /// - Parameter scale: multiplies the batch, for a step that was recorded on a smaller one.
    static func name(_ operation: Profile.Operation, scale: Int = 1) -> String? {
        switch operation.shape {
        case .convolution(let geometry):
            guard let pass = LayerPass(operation: operation.name), let name = ConvolutionName(geometry) else { return nil }
            let channels = "ci\(geometry.inputChannels)co\(geometry.outputChannels)"
            return "\(name)/\(pass.rawValue)/n\(geometry.batch * scale)\(channels)hw\(geometry.height)"
        case .linear(let rows, let inputs, let outputs):
            return LayerPass(operation: operation.name).map { "linear/\($0.rawValue)/n\(rows * scale)ci\(inputs)co\(outputs)" }
        case .groupNorm(let batch, let pixels, let channels, _):
            guard let pass = pass(operation.name), let side = squareRoot(pixels) else { return nil }
            return "groupnorm/\(pass)/n\(batch * scale)c\(channels)hw\(side)"
        case .attention(let batch, let tokens, let heads, let channels):
            return pass(operation.name).map { "attention/\($0)/n\(batch * scale)t\(tokens)h\(heads)c\(channels)" }
        case .elements:
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
