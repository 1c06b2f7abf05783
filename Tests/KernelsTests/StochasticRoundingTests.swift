import Kernels
import Testing

/// The plain form of stochastic rounding against exact arithmetic.
@Suite struct StochasticRoundingTests {
    /// A group's smallest and largest magnitude.
    struct Span: Sendable, CustomTestStringConvertible {
        let smallest: Float, largest: Float
        var testDescription: String { "\(smallest)...\(largest)" }
    }

    /// Levels from near zero; from so far that their offset is subtracted first; steps too small to be inverted, subnormal, and huge.
    static let spans: [Span] = [
        Span(smallest: 1e-4, largest: 0.3), Span(smallest: 0.01, largest: 0.0125), Span(smallest: 0.9, largest: 1.1),
        Span(smallest: 1, largest: 1.0001), Span(smallest: 1e-37, largest: 3e-36), Span(smallest: 2.9e-36, largest: 3e-36),
        Span(smallest: 0x1p-146, largest: 0x1p-140), Span(smallest: 1e30, largest: 0x1.8p126),
    ]

    /// The mean of an element's code over all random bits, times 65536.
    private func meanCode(_ value: Float, _ scale: GroupScale, _ format: CodeFormat) -> Int {
        let lowest = roundedCodeReference(value, scale: scale, format: format, bits: 0)
        var (same, other): (UInt32, UInt32) = (0, 65536)
        while other - same > 1 {
            let middle = (same + other) / 2
            let isSame = roundedCodeReference(value, scale: scale, format: format, bits: middle) == lowest
            (same, other) = isSame ? (middle, other) : (same, middle)
        }
        return lowest * 65536 + Int(65536 - other)
    }

    @Test(arguments: spans)
    func probabilitiesAreExactToThirtyMillionths(span: Span) {
        var generator = CounterRandom(seed: 8, stream: .sampling).generator()
        for format in allFormats {
            let scale = format.scale(for: MagnitudeRange(smallest: span.smallest, largest: span.largest))
            for index in 0..<200 {
                let part = Float(generator.nextIndex(below: 1 << 20)) * 0x1p-20
                let inside = span.smallest + (span.largest - span.smallest) * part
                let magnitude = index < 2 ? [span.smallest, span.largest][index] : inside
                let exact = (Double(magnitude) - Double(scale.offset)) / Double(scale.step) + Double(format.levelShift)
                for value in [magnitude, -magnitude] {
                    let error = Double(meanCode(value, scale, format)) - 65536 * (value < 0 ? -exact : exact)
                    #expect(abs(error) <= 2, "\(value), \(format)")
                }
            }
            for bits: UInt32 in [0, 65535] {
                #expect(roundedCodeReference(0, scale: scale, format: format, bits: bits) == 0)
                #expect(roundedCodeReference(-0.0, scale: scale, format: format, bits: bits) == 0)
            }
        }
    }

    /// The expected error is that of the codes that are drawn, found from all random bits.
    @Test(arguments: spans)
    func expectedErrorsAreThoseOfTheCodes(span: Span) {
        var generator = CounterRandom(seed: 9, stream: .sampling).generator()
        for format in allFormats {
            let scale = format.scale(for: MagnitudeRange(smallest: span.smallest, largest: span.largest))
            let values = (0..<100).map { index in
                let part = Float(generator.nextIndex(below: 1 << 20)) * 0x1p-20
                let magnitude =
                    index < 2 ? [span.smallest, span.largest][index] : span.smallest + (span.largest - span.smallest) * part
                return index % 5 == 4 ? 0 : index % 2 == 0 ? magnitude : -magnitude
            }
            let exact = values.reduce(0.0) { sum, value in
                guard value != 0 else { return sum }
                let mean = meanCode(value, scale, format)
                let upper = Double(mean & 0xFFFF) / 65536
                let error = { (code: Int) in
                    let level = Double(abs(code) - format.levelShift) * Double(scale.step) + Double(scale.offset)
                    return ((code < 0 ? -level : level) - Double(value)) / Double(scale.step)
                }
                let (lower, higher) = (error(mean >> 16), upper > 0 ? error((mean >> 16) + 1) : 0)
                return sum + (1 - upper) * lower * lower + upper * higher * higher
            }
            let expected = expectedSquaredErrorReference(values, scale: scale, format: format)
            #expect(abs(expected / (Double(scale.step) * Double(scale.step)) - exact) <= 2e-7 * 100, "\(format)")
        }
    }
}
