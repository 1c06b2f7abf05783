import Codec
import Testing

@Suite struct BitRuleTests {
    private let summary = ErrorSummary(
        squaredNorm: 200, expectedErrors: [64, 32, 16, 8, 4, 2, 1], codedBytes: [20, 30, 40, 50, 60, 70, 80])

    @Test func measuredTakesTheSmallestWidthThatMeetsTheDemand() {
        #expect(summary.smallestBits(accepted: 2...8, demand: .absolute(4)) == 6)
        #expect(summary.smallestBits(accepted: 2...8, demand: .absolute(3.9)) == 7)
        #expect(summary.smallestBits(accepted: 2...8, demand: .relative(0.02)) == 6)
        #expect(summary.smallestBits(accepted: [8, 6], demand: .relative(0.0199)) == 8)
        #expect(summary.smallestBits(accepted: [7], demand: .absolute(100)) == 7)
        #expect(summary.smallestBits(accepted: 2...8, demand: .absolute(0.5)) == nil)
    }

    /// `L* = sqrt(delta / (2 D))`: with delta 200 and D 0.1 it is 31.6, so 6 bits (L = 31) are too few.
    @Test func theorem1FollowsThePapersLevels() {
        #expect(abs(BitRule.theorem1Levels(delta: 200, errorDemand: 0.1) - 31.622_776_601_683_79) < 1e-12)
        #expect(summary.smallestBits(accepted: 6...8, demand: .absolute(0.1), rule: .theorem1) == 7)
        #expect(summary.smallestBits(accepted: 6...8, demand: .absolute(0.11), rule: .theorem1) == 6)
        #expect(summary.smallestBits(accepted: 2...8, demand: .absolute(0.1), rule: .theorem1, delta: 0) == 2)
        #expect(summary.smallestBits(accepted: 6...8, demand: .absolute(0), rule: .theorem1) == nil)
    }

    @Test func relativeErrorOfNothingIsZero() {
        let empty = ErrorSummary(
            squaredNorm: 0, expectedErrors: Array(repeating: 0, count: 7), codedBytes: Array(repeating: 1, count: 7))
        #expect(empty.relativeError(bits: 6) == 0)
        #expect(empty.smallestBits(accepted: 2...8, demand: .relative(1e-4)) == 2)
    }
}
