import Kernels
import TestSupport
import Testing

/// Every backward pass against central differences, in Double, of the loss `sum(weights * output)` with random weights.
@Suite struct GradientTests {
    let context = ComputeContext(threads: 2)

    /// The gradient of `loss` at `x` by central differences.
    private func differences(_ x: Tensor, _ loss: ([Double]) -> Double) -> [Float] {
        let step = 1e-4
        var point = x.values.map(Double.init)
        return point.indices.map { index in
            let centre = point[index]
            point[index] = centre + step
            let above = loss(point)
            point[index] = centre - step
            let below = loss(point)
            point[index] = centre
            return Float((above - below) / (2 * step))
        }
    }

    private func weighted(_ output: [Double], _ weights: Tensor) -> Double {
        zip(output, weights.values).reduce(0) { $0 + $1.0 * Double($1.1) }
    }

    private func doubles(_ tensor: Tensor) -> [Double] { tensor.values.map(Double.init) }

    private func expectGradient(
        _ gradient: Tensor, of x: Tensor, _ name: String, _ loss: ([Double]) -> Double,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let expected = differences(x, loss)
        let error = relativeError(gradient.values, expected)
        #expect(error <= 2e-6, "\(name): relative error \(error)", sourceLocation: sourceLocation)
    }

    @Test(arguments: [
        Conv2DGeometry(batch: 2, height: 4, width: 5, inputChannels: 3, outputChannels: 2, kernel: 3),
        Conv2DGeometry(batch: 1, height: 5, width: 6, inputChannels: 16, outputChannels: 16, kernel: 3),
        Conv2DGeometry(batch: 2, height: 5, width: 4, inputChannels: 3, outputChannels: 4, kernel: 3, stride: 2),
        Conv2DGeometry(
            batch: 2, height: 4, width: 6, inputChannels: 2, outputChannels: 3, kernel: 3, stride: 2, padding: .asymmetric),
        Conv2DGeometry(batch: 2, height: 3, width: 2, inputChannels: 5, outputChannels: 4, kernel: 1),
        Conv2DGeometry(batch: 1, height: 3, width: 5, inputChannels: 3, outputChannels: 4, kernelHeight: 1, kernelWidth: 3),
        Conv2DGeometry(batch: 1, height: 3, width: 2, inputChannels: 16, outputChannels: 16, kernel: 3, upsample: 2),
    ])
    func conv2d(_ geometry: Conv2DGeometry) {
        let input = normalTensor(geometry.inputShape, seed: 1)
        let weight = normalTensor(geometry.weightShape, seed: 2)
        let bias = normalTensor([geometry.outputChannels], seed: 3)
        let dOutput = normalTensor(geometry.outputShape, seed: 4)
        let (x, w, b) = (doubles(input), doubles(weight), doubles(bias))
        for kernel in Conv2DKernel.allCases where kernel.accepts(geometry) {
            context.overrides = [kernel]
            let dInput = unwritten(geometry.inputShape)
            let (dWeight, dBias) = (Tensor(shape: geometry.weightShape), Tensor(shape: bias.shape))
            context.conv2dBackwardData(dOutput: dOutput, weight: weight, geometry: geometry, into: dInput)
            context.conv2dBackwardWeight(
                input: input, dOutput: dOutput, geometry: geometry, accumulatingInto: dWeight, dBias: dBias)
            expectGradient(dInput, of: input, "\(kernel.rawValue) input") {
                weighted(referenceConv2D($0, w, b, geometry), dOutput)
            }
            expectGradient(dWeight, of: weight, "\(kernel.rawValue) weight") {
                weighted(referenceConv2D(x, $0, b, geometry), dOutput)
            }
            expectGradient(dBias, of: bias, "\(kernel.rawValue) bias") {
                weighted(referenceConv2D(x, w, $0, geometry), dOutput)
            }
        }
    }

    @Test func linear() {
        let (input, weight) = (normalTensor([5, 7], seed: 1), normalTensor([3, 7], seed: 2))
        let (bias, dOutput) = (normalTensor([3], seed: 3), normalTensor([5, 3], seed: 4))
        let (dInput, dWeight, dBias) = (unwritten([5, 7]), Tensor(shape: [3, 7]), Tensor(shape: [3]))
        context.linearBackwardWeight(input: input, dOutput: dOutput, accumulatingInto: dWeight, dBias: dBias)
        context.linearBackwardData(dOutput: dOutput, weight: weight, into: dInput)
        let geometry = Conv2DGeometry(batch: 5, height: 1, width: 1, inputChannels: 7, outputChannels: 3, kernel: 1)
        let (x, w, b) = (doubles(input), doubles(weight), doubles(bias))
        expectGradient(dInput, of: input, "input") { weighted(referenceConv2D($0, w, b, geometry), dOutput) }
        expectGradient(dWeight, of: weight, "weight") { weighted(referenceConv2D(x, $0, b, geometry), dOutput) }
        expectGradient(dBias, of: bias, "bias") { weighted(referenceConv2D(x, w, $0, geometry), dOutput) }
    }

    @Test(arguments: [FusedActivation.none, .silu], GroupNormKernel.allCases)
    func groupNorm(_ activation: FusedActivation, _ kernel: GroupNormKernel) {
        context.overrides = [kernel]
        let (input, dOutput) = (normalTensor([2, 3, 3, 6], seed: 1, mean: 0.5), normalTensor([2, 3, 3, 6], seed: 2))
        let (scale, shift) = (normalTensor([6], seed: 3), normalTensor([6], seed: 4))
        let (output, statistics, dInput) = (unwritten(input.shape), unwritten([2, 3, 2]), unwritten(input.shape))
        let (dScale, dShift) = (Tensor(shape: [6]), Tensor(shape: [6]))
        context.groupNormForward(
            input: input, groups: 3, epsilon: 1e-5, scale: scale, shift: shift, activation: activation, into: output,
            statistics: statistics)
        context.groupNormBackward(
            input: input, groups: 3, epsilon: 1e-5, scale: scale, shift: shift, activation: activation,
            statistics: statistics, dOutput: dOutput, into: dInput, accumulatingInto: dScale, dShift: dShift)
        func loss(_ x: [Double], _ scale: [Double], _ shift: [Double]) -> Double {
            weighted(
                referenceGroupNorm(
                    x, scale, shift, batch: 2, groups: 3, epsilon: Double(Float(1e-5)), silu: activation == .silu), dOutput)
        }
        let (x, s, b) = (doubles(input), doubles(scale), doubles(shift))
        expectGradient(dInput, of: input, "input") { loss($0, s, b) }
        expectGradient(dScale, of: scale, "scale") { loss(x, $0, b) }
        expectGradient(dShift, of: shift, "shift") { loss(x, s, $0) }
    }

    @Test(arguments: SiLUKernel.allCases)
    func silu(_ kernel: SiLUKernel) {
        context.overrides = [kernel]
        let (input, dOutput) = (normalTensor([41], seed: 1, scale: 3), normalTensor([41], seed: 2))
        let dInput = unwritten([41])
        context.siluBackward(input: input, dOutput: dOutput, into: dInput)
        expectGradient(dInput, of: input, "input") { weighted($0.map { $0 * sigmoid($0) }, dOutput) }
    }

    @Test(arguments: AttentionKernel.allCases)
    func attention(_ kernel: AttentionKernel) {
        context.overrides = [kernel]
        let (batch, tokens, heads, shape) = (2, 5, 2, [2, 5, 6])
        let (query, key) = (normalTensor(shape, seed: 1), normalTensor(shape, seed: 2))
        let (value, dOutput) = (normalTensor(shape, seed: 3), normalTensor(shape, seed: 4))
        let (dQuery, dKey, dValue) = (unwritten(shape), unwritten(shape), unwritten(shape))
        context.attentionBackward(
            query: query, key: key, value: value, dOutput: dOutput, heads: heads, dQuery: dQuery, dKey: dKey,
            dValue: dValue)
        func loss(_ q: [Double], _ k: [Double], _ v: [Double]) -> Double {
            weighted(referenceAttention(q, k, v, batch: batch, tokens: tokens, heads: heads), dOutput)
        }
        let (q, k, v) = (doubles(query), doubles(key), doubles(value))
        expectGradient(dQuery, of: query, "query") { loss($0, k, v) }
        expectGradient(dKey, of: key, "key") { loss(q, $0, v) }
        expectGradient(dValue, of: value, "value") { loss(q, k, $0) }
    }

    @Test func meanSquaredError() {
        let (prediction, target) = (normalTensor([2, 37], seed: 1), normalTensor([2, 37], seed: 2))
        let dPrediction = unwritten([2, 37])
        let loss = context.meanSquaredError(prediction: prediction, target: target, dPrediction: dPrediction)
        let t = doubles(target)
        func mean(_ p: [Double]) -> Double { zip(p, t).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / 74 }
        #expect(abs(loss - mean(doubles(prediction))) < 1e-7)
        expectGradient(dPrediction, of: prediction, "prediction", mean)
    }

    @Test func weightedMeanSquaredError() {
        let (prediction, target) = (normalTensor([2, 37], seed: 1), normalTensor([2, 37], seed: 2))
        let dPrediction = unwritten([2, 37])
        let weights = [0.25, 3.0]
        let loss = context.meanSquaredError(
            prediction: prediction, target: target, weights: weights, dPrediction: dPrediction)
        let t = doubles(target)
        func mean(_ p: [Double]) -> Double {
            p.indices.reduce(0) { $0 + weights[$1 / 37] * (p[$1] - t[$1]) * (p[$1] - t[$1]) } / 74
        }
        #expect(abs(loss - mean(doubles(prediction))) < 1e-7)
        expectGradient(dPrediction, of: prediction, "prediction", mean)
    }

    @Test func proximalTerm() {
        let (parameters, anchor) = (normalTensor([40_001], seed: 1), normalTensor([40_001], seed: 2))
        let gradients = normalTensor([40_001], seed: 3)
        let before = gradients.values
        ComputeContext(threads: 3).addProximalGradient(0.5, of: parameters, anchor: anchor, accumulatingInto: gradients)
        let expected = before.indices.map { before[$0] + 0.5 * (parameters[$0] - anchor[$0]) }
        #expect(gradients.values == expected)
    }

    /// Operations that move or add values are linear: their backward pass is the transpose, `<y, A x> = <A^T y, x>`.
    @Test func linearMapsAreTransposed() {
        func product(_ a: Tensor, _ b: Tensor) -> Double {
            zip(a.values, b.values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        let (a, b, joinedGradient) = (
            normalTensor([6, 4], seed: 3), normalTensor([6, 9], seed: 4), normalTensor([6, 13], seed: 5)
        )
        let (joined, dA, dB) = (unwritten([6, 13]), unwritten([6, 4]), unwritten([6, 9]))
        context.concatenateForward(a, b, into: joined)
        context.concatenateBackward(dOutput: joinedGradient, into: dA, dB)
        #expect(abs(product(joinedGradient, joined) - product(dA, a) - product(dB, b)) < 1e-4)
    }
}
