import Testing

@testable import bench

struct CaseResultTests {
    private let result = CaseResult(
        name: "x", threads: 2,
        samples: [1, 2, 3, 4, 9].map { Stopwatch.Sample(wallSeconds: $0, cpuSeconds: $0) },
        work: .flops(nominal: 8_000_000_000, executed: 2_000_000_000, precision: .float32),
        limitRate: 4e9, images: nil, peakBytes: nil)

    @Test func summarizesSamples() {
        #expect(result.minimum == 1)
        #expect(result.median == 3)
        #expect(result.spread == (4.0 - 2.0) / 3.0)
        #expect(result.processorShare == 0.5)
    }

    @Test func ratesCountTextbookOperationsAndLimitsExecutedOnes() {
        #expect(result.rate == 8)
        #expect(result.limitShare == 0.5)
    }

    @Test func samplesAreSortedAndEnough() {
        let samples = Stopwatch.samples(enough: 0) {}
        #expect(samples.count == 5)
        #expect(samples.map(\.wallSeconds) == samples.map(\.wallSeconds).sorted())
    }
}
