import Datasets
import Kernels
import Testing

@Suite struct DirichletTests {
    /// Mean `1/n` and variance `(n-1) / (n^2 (n alpha + 1))` of each share.
    @Test(arguments: [0.1, 0.5, 1, 8])
    func sharesHaveTheDistributionsMoments(alpha: Double) {
        var random = CounterRandom(seed: 5, stream: .partition).generator()
        let (draws, n) = (20_000, 4)
        var (sum, squares) = (0.0, 0.0)
        for _ in 0..<draws {
            let shares = random.nextDirichlet(alpha: alpha, count: n)
            #expect(abs(shares.reduce(0, +) - 1) < 1e-12)
            sum += shares[0]
            squares += shares[0] * shares[0]
        }
        let mean = sum / Double(draws)
        let variance = squares / Double(draws) - mean * mean
        let expected = Double(n - 1) / (Double(n * n) * (Double(n) * alpha + 1))
        #expect(abs(mean - 0.25) < 5 * (expected / Double(draws)).squareRoot())
        #expect(abs(variance / expected - 1) < 0.06, "variance \(variance), expected \(expected)")
    }

    @Test func tinyAlphaStillSumsToOne() {
        var random = CounterRandom(seed: 5, stream: .partition).generator()
        let shares = random.nextDirichlet(alpha: 1e-3, count: 10)
        #expect(abs(shares.reduce(0, +) - 1) < 1e-12)
        #expect(shares.contains { $0 > 0.9 })
    }
}
