import TestSupport
import Testing

/// The comparators that every other test relies on.
@Suite struct ComparisonTests {
    @Test func equalArraysAreClose() {
        #expect(isClose([1, 2, 3], [1, 2, 3], tolerance: 0))
        #expect(isClose([0, 0], [0, 0], tolerance: 0))
        #expect(isClose([], [], tolerance: 0))
    }

    @Test func differencesCountRelativeToTheReference() {
        #expect(abs(relativeError([3, 4.5], [3, 4]) - 0.1) < 1e-12)
        #expect(!isClose([3, 4.5], [3, 4], tolerance: 0.09))
        #expect(relativeError([1], [0]) == .infinity)
    }

    @Test func anyNaNOrInfinityFails() {
        for bad in [Float.nan, .infinity, -.infinity] {
            #expect(!isClose([1, bad], [1, 2], tolerance: 1e30))
            #expect(!isClose([1, 2], [1, bad], tolerance: 1e30))
            #expect(!isClose([bad], [bad], tolerance: 1e30))
        }
    }

    @Test func lengthsMustAgree() {
        #expect(!isClose([1, 2], [1, 2, 3], tolerance: 1e30))
        #expect(!isClose([1, 2, 3], [1, 2], tolerance: 1e30))
    }

    @Test func tinyTensorsAreJudgedAgainstAll() {
        #expect(!isClose([1e-9], [0], tolerance: 1e-2))
        #expect(isClose([1e-9], [0], tolerance: 1e-2, allNorm: 1))
    }
}
