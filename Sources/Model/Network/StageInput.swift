import Kernels

/// What a stage takes in: one activation, or two side by side along the channel axis.
///
/// A skipped activation is kept on the way down anyway, so keeping the parts instead of what they join to saves its memory a second
/// time; joining them again on the way back costs a copy.
enum StageInput {
    case one(Tensor)
    case joined(Tensor, Tensor)

    /// The activation `(N, H, W, C)`.
    func tensor(_ workspace: Workspace) -> Tensor {
        switch self {
        case .one(let tensor): return tensor
        case .joined(let first, let second):
            let joined = workspace.buffer(first.shape.dropLast() + [first.shape[3] + second.shape[3]], like: first)
            workspace.context.concatenateForward(first, second, into: joined)
            return joined
        }
    }
}
