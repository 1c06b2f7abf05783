import Kernels

/// Index of a parameter tensor in its network's layout.
struct ParameterSlot: Sendable {
    let index: Int
}

/// How a parameter starts.
enum Initialization: Sendable, Equatable {
    /// Uniform in [-bound, bound].
    case uniform(bound: Double)
    case constant(Float)
    /// Standard normal.
    case normal
}

/// Collects the parameters that layers declare, in the order of declaration: the checkpoint's order.
final class ParameterRegistry {
    private var tensors: [(name: String, shape: [Int])] = []
    private(set) var initializations: [Initialization] = []

    var layout: ParameterLayout { ParameterLayout(tensors) }

    func declare(_ name: String, _ shape: [Int], _ initialization: Initialization) -> ParameterSlot {
        tensors.append((name, shape))
        initializations.append(initialization)
        return ParameterSlot(index: tensors.count - 1)
    }
}

/// A place in the tree of modules, e.g. `down_blocks.0.resnets.1`, under which layers declare their parameters.
struct ParameterScope {
    private let registry: ParameterRegistry
    private let prefix: String

    init(_ registry: ParameterRegistry, prefix: String = "") {
        (self.registry, self.prefix) = (registry, prefix)
    }

    /// The child module of that name; dots lead further down.
    func callAsFunction(_ name: String) -> ParameterScope { ParameterScope(registry, prefix: "\(prefix)\(name).") }

    func declare(_ name: String, _ shape: [Int], _ initialization: Initialization) -> ParameterSlot {
        registry.declare(prefix + name, shape, initialization)
    }
}
