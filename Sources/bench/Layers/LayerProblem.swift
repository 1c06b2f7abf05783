import Kernels

/// The problem string that times an operation of a recorded step by itself.
///
/// Backward passes of a dense layer are one problem, whatever number of operations they were recorded as. Operations without a
/// family of their own (sums, copies) have none.
enum LayerProblem {
    /// - Parameter scale: multiplies the batch, for a step that was recorded on a smaller one.
    static func name(_ operation: Profile.Operation, scale: Int = 1) -> String? {
        switch operation.shape {
        case .convolution(let geometry): convolution(operation.name, geometry, scale)
        case .linear(let rows, let inputs, let outputs):
            "linear/\(operation.name == "linear.forward" ? "fwd" : "bwd")/n\(rows * scale)ci\(inputs)co\(outputs)"
        case .groupNorm(let batch, let pixels, let channels, _):
            pass(operation.name).flatMap { pass in
                squareRoot(pixels).map { "groupnorm/\(pass)/n\(batch * scale)c\(channels)hw\($0)" }
            }
        case .attention(let batch, let tokens, let heads, let channels):
            pass(operation.name).map { "attention/\($0)/n\(batch * scale)t\(tokens)h\(heads)c\(channels)" }
        case .elements: nil
        }
    }

    private static func convolution(_ operation: String, _ geometry: Conv2DGeometry, _ scale: Int) -> String? {
        let passes = ["conv2d.forward": "fwd", "conv2d.backwardData": "dgrad", "conv2d.backwardWeight": "wgrad"]
        guard let pass = passes[operation], let name = ConvolutionName(geometry) else { return nil }
        return
            "\(name)/\(pass)/n\(geometry.batch * scale)ci\(geometry.inputChannels)co\(geometry.outputChannels)hw\(geometry.height)"
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
            // The data and the weight gradient of a dense layer are one call of its problem.
            calls[name] = max(entry.count.calls, calls[name] ?? 0)
        }
        return order.map { LayerCase(name: $0, calls: calls[$0] ?? 0) }
    }
}
