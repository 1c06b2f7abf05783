import Foundation
import Kernels

// Plain loops in Double, one for each operation's definition: what gradients are checked against.

func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

/// (N, H, W, I) by (O, I, KH, KW) plus (O) to (N, OH, OW, O).
func referenceConv2D(_ x: [Double], _ weight: [Double], _ bias: [Double], _ g: Conv2DGeometry) -> [Double] {
    var output: [Double] = []
    for n in 0..<g.batch {
        for oy in 0..<g.outputHeight {
            for ox in 0..<g.outputWidth {
                for o in 0..<g.outputChannels {
                    var sum = bias[o]
                    for ky in 0..<g.kernelHeight {
                        for kx in 0..<g.kernelWidth {
                            let (y, x0) = (oy * g.stride + ky - g.padding.top, ox * g.stride + kx - g.padding.left)
                            guard (0..<g.upsample * g.height).contains(y), (0..<g.upsample * g.width).contains(x0) else {
                                continue
                            }
                            for i in 0..<g.inputChannels {
                                sum +=
                                    x[((n * g.height + y / g.upsample) * g.width + x0 / g.upsample) * g.inputChannels + i]
                                    * weight[((o * g.inputChannels + i) * g.kernelHeight + ky) * g.kernelWidth + kx]
                            }
                        }
                    }
                    output.append(sum)
                }
            }
        }
    }
    return output
}

/// (N, P, C) normalised by groups, scaled, shifted, optionally through SiLU.
func referenceGroupNorm(
    _ x: [Double], _ scale: [Double], _ shift: [Double], batch: Int, groups: Int, epsilon: Double, silu: Bool
) -> [Double] {
    let channels = scale.count
    let (pixels, width) = (x.count / batch / channels, channels / groups)
    var output = x
    for n in 0..<batch {
        for group in 0..<groups {
            let places = (0..<pixels).flatMap { p in
                (0..<width).map { (n * pixels + p) * channels + group * width + $0 }
            }
            let mean = places.reduce(0) { $0 + x[$1] } / Double(places.count)
            let variance = places.reduce(0) { $0 + (x[$1] - mean) * (x[$1] - mean) } / Double(places.count)
            for place in places {
                let channel = place % channels
                let y = (x[place] - mean) / (variance + epsilon).squareRoot() * scale[channel] + shift[channel]
                output[place] = silu ? y * sigmoid(y) : y
            }
        }
    }
    return output
}

/// `softmax(q k^T / sqrt(channels)) v` of (N, T, heads * channels).
func referenceAttention(
    _ query: [Double], _ key: [Double], _ value: [Double], batch: Int, tokens: Int, heads: Int
) -> [Double] {
    let channels = query.count / (batch * tokens * heads)
    var output = query
    for n in 0..<batch {
        for head in 0..<heads {
            func place(_ token: Int) -> Int { ((n * tokens + token) * heads + head) * channels }
            for t in 0..<tokens {
                let weights = (0..<tokens).map { u in
                    exp(
                        (0..<channels).reduce(0) { $0 + query[place(t) + $1] * key[place(u) + $1] }
                            / Double(channels).squareRoot())
                }
                let sum = weights.reduce(0, +)
                for c in 0..<channels {
                    output[place(t) + c] = (0..<tokens).reduce(0) { $0 + weights[$1] * value[place($1) + c] } / sum
                }
            }
        }
    }
    return output
}
