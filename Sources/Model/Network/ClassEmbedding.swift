import Kernels

/// A learned vector for each class, added to the timestep embedding: diffusers' `class_embedding` where `class_embed_type` is null.
struct ClassEmbedding: Sendable {
    private let weight: ParameterSlot
    private let width: Int

    init(_ scope: ParameterScope, classes: Int, width: Int) {
        weight = scope.declare("weight", [classes, width], .normal)
        self.width = width
    }

    /// The vectors `(N, T)` of N labels.
    func forward(_ labels: [Int], _ workspace: Workspace) -> Tensor {
        let output = workspace.buffer([labels.count, width])
        workspace.context.embeddingForward(indices: labels, weight: workspace.value(weight), into: output)
        workspace.onOutput?(output, weight)
        return output
    }

    /// Adds the gradients of the vectors that `labels` name.
    func backward(_ labels: [Int], dOutput: Tensor, _ workspace: Workspace) {
        workspace.context.embeddingBackward(
            indices: labels, dOutput: dOutput, accumulatingInto: workspace.gradient(weight))
    }
}
