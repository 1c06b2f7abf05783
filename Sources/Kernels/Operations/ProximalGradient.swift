import CKernels

extension ComputeContext {
    /// Adds the gradient of `mu / 2 ||parameters - anchor||^2` to `gradients` [Li20 eq. 2]. All have as many elements (precondition).
    package func addProximalGradient(
        _ mu: Double, of parameters: Tensor, anchor: Tensor, accumulatingInto gradients: Tensor
    ) {
        require(anchor, count: parameters.count, "anchor")
        require(gradients, count: parameters.count, "gradients")
        let (count, block, mu) = (parameters.count, 1 << 14, Float(mu))
        perform("proximal", on: ElementShape(count), OperationWork(flops: 3 * count, bytes: floatBytes(4 * count))) {
            // SAFETY: blocks are disjoint and end at `count`, which all three tensors have.
            let (w, a, g) = (parameters.base, anchor.base, gradients.base)
            parallelFor(count: (count + block - 1) / block, threads: threads) { number in
                for i in number * block..<min(count, (number + 1) * block) { g[i] += mu * (w[i] - a[i]) }
            }
            return GD_OK
        }
    }
}
