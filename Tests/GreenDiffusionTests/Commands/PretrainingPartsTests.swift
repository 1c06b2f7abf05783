import GreenDiffusion
import Testing

@Suite struct LearningRateScheduleTests {
    @Test func warmUpIsLinearAndReachesThePeak() {
        let schedule = LearningRateSchedule(peak: 0.5, warmUpSteps: 4, steps: 100, decay: .constant)
        #expect((0..<6).map { schedule.rate(at: $0) } == [0.1, 0.2, 0.3, 0.4, 0.5, 0.5])
        #expect(schedule.rate(at: 99) == 0.5)
    }

    @Test func cosineFallsFromThePeakThroughHalfToZero() {
        let schedule = LearningRateSchedule(peak: 2, warmUpSteps: 10, steps: 110, decay: .cosine)
        #expect(schedule.rate(at: 10) == 2)
        #expect(abs(schedule.rate(at: 60) - 1) < 1e-12)
        #expect(schedule.rate(at: 109) > 0 && schedule.rate(at: 109) < 1e-3)
        #expect(schedule.rate(at: 110) == 0 && schedule.rate(at: 500) == 0)
        let rates = (10..<110).map { schedule.rate(at: $0) }
        #expect(zip(rates, rates.dropFirst()).allSatisfy { $0 > $1 })
    }

    @Test func aRunOfOneStepHasARate() {
        for decay in LearningRateSchedule.Decay.allCases {
            #expect(LearningRateSchedule(peak: 1, warmUpSteps: 0, steps: 1, decay: decay).rate(at: 0) == 1)
        }
    }
}

@Suite struct ExampleOrderTests {
    @Test func everyEpochVisitsEveryExampleOnceInItsOwnOrder() {
        var order = ExampleOrder(count: 50, seed: 7)
        let epochs = (0..<3).map { epoch in (0..<50).map { order.index(at: epoch * 50 + $0) } }
        for epoch in epochs { #expect(epoch.sorted() == Array(0..<50)) }
        #expect(epochs[0] != epochs[1] && epochs[1] != epochs[2])
    }

    @Test func placesCanBeReadInAnyOrder() {
        var forward = ExampleOrder(count: 13, seed: 1)
        var backward = ExampleOrder(count: 13, seed: 1)
        let ahead = (0..<40).map { forward.index(at: $0) }
        let back = (0..<40).reversed().map { backward.index(at: $0) }
        #expect(ahead == back.reversed())
    }

    @Test func seedsGiveDifferentOrders() {
        var first = ExampleOrder(count: 100, seed: 1)
        var second = ExampleOrder(count: 100, seed: 2)
        #expect((0..<100).map { first.index(at: $0) } != (0..<100).map { second.index(at: $0) })
    }
}
