import Energy
import Testing

/// Properties of the shared band that hold whatever the devices are.
@Suite struct SharedBandPropertyTests {
    private func devices(_ count: Int, seed: UInt64) throws -> [DeviceEnergyProblem] {
        var random = RandomProblems(seed: seed)
        return try (0..<count).map { _ in try random.next() }
    }

    private func bits(_ plan: SharedBandPlan) -> [UInt64] {
        let summary = plan.summary.map {
            [$0.energyTotalJoules, $0.bandwidthUsedHertz, $0.bandwidthPriceJoulesPerHertz, $0.dualityGapJoules, $0.kktResidual]
        }
        return (summary ?? []).map(\.bitPattern)
    }

    private func bandwidths(_ plan: SharedBandPlan) -> [UInt64?] {
        (0..<plan.count).map { index in
            if case .served(let hertz, _, _) = plan[index] { hertz.bitPattern } else { nil }
        }
    }

    @Test func neitherThreadsNorOrderChangeABit() throws {
        let devices = try devices(9_001, seed: 43)
        let plan = try SharedBand(devices, totalBandwidthHertz: 5e11).solve(threads: 1)
        try #require(plan.summary != nil)
        let parts = bandwidths(plan)
        for threads in [2, 3, 8] {
            let other = try SharedBand(devices, totalBandwidthHertz: 5e11).solve(threads: threads)
            #expect(bits(other) == bits(plan) && bandwidths(other) == parts, "\(threads) threads")
        }
        // A permutation: multiples of a number without a common factor with the count.
        let order = devices.indices.map { $0 * 4_000 % devices.count }
        try #require(Set(order).count == devices.count)
        let moved = try SharedBand(order.map { devices[$0] }, totalBandwidthHertz: 5e11).solve(threads: 2)
        #expect(bits(moved) == bits(plan))
        #expect(bandwidths(moved) == order.map { parts[$0] })
    }

    @Test func moreTimeOrBandNeverCostsAndMoreBitsOrDistanceNeverSave() throws {
        var compared = 0
        for set in try SharedBandTests.sets(60, seed: 53, widths: [1.2, 3]) {
            let (devices, band) = (set.devices, set.totalBandwidthHertz)
            func energy(_ devices: [DeviceEnergyProblem], stretch: Double = 1) throws -> Double? {
                let plan = try SharedBand(devices, totalBandwidthHertz: min(1e15, stretch * band)).solve()
                return plan.servedCount == devices.count ? plan.summary?.energyTotalJoules : nil
            }
            guard let least = try energy(devices) else { continue }
            let slack = 1e-9 * least
            let longer = try energy(devices.map { try $0.with(timeBudgetSeconds: 1.05 * $0.timeBudgetSeconds) })
            #expect(try #require(longer) <= least + slack)
            #expect(try #require(try energy(devices, stretch: 1.05)) <= least + slack)
            if let larger = try energy(devices.map { try $0.with(payloadBits: 1.05 * $0.payloadBits) }) {
                #expect(larger >= least - slack)
            }
            if let farther = try energy(devices.map { try $0.moved(by: 1.05) }) { #expect(farther >= least - slack) }
            compared += 1
        }
        #expect(compared > 10)
    }

    @Test func oneDeviceTakesTheWholeBand() throws {
        let device = try DeviceEnergyProblem(compute: ComputeModel(), radio: RadioModel(), payloadBits: 296e6)
        let plan = try SharedBand([device], totalBandwidthHertz: 5e7).solve()
        let alone = try #require(EnergySolver.fast.solve(device).plan)
        let summary = try #require(plan.summary)
        #expect(abs(summary.energyTotalJoules / alone.energyTotalJoules - 1) < 1e-10)
        #expect(abs(try #require(summary.energyEqualBandsJoules) / alone.energyTotalJoules - 1) < 1e-10)
    }

    /// The price is what one more hertz saves.
    @Test func thePriceIsTheSavingOfOneMoreHertz() throws {
        let devices = try (1...6).map {
            try DeviceEnergyProblem(
                compute: ComputeModel(), radio: RadioModel(distanceMetres: 10 * Double($0)), payloadBits: 222e6)
        }
        func summary(_ band: Double) throws -> SharedBandSummary {
            try #require(try SharedBand(devices, totalBandwidthHertz: band).solve().summary)
        }
        let saving = (try summary(4.99e7).energyTotalJoules - summary(5.01e7).energyTotalJoules) / 2e5
        #expect(abs(saving / (try summary(5e7).bandwidthPriceJoulesPerHertz) - 1) < 1e-4)
    }

    @Test func tooNarrowBandsAreExplained() throws {
        var seen = 0
        for set in try SharedBandTests.sets(60, seed: 59, sizes: 2...9, widths: [0.9, 0.99]) {
            let (devices, band) = (set.devices, set.totalBandwidthHertz)
            let plan = set.solve()
            guard let shortage = plan.shortage else { continue }
            seen += 1
            #expect(plan.summary == nil && plan.servedCount == 0)
            let fitting = devices.indices.filter { index in
                if case .infeasible = plan[index] { false } else { true }
            }
            let needs = fitting.map { index in
                if case .shortOfBand(let hertz) = plan[index] { hertz } else { 0.0 }
            }
            #expect(abs(needs.reduce(0, +) / shortage.neededHertz - 1) < 1e-10 && shortage.neededHertz > band)
            #expect(shortage.largestNeeds.map(\.hertz) == Array(needs.sorted(by: >).prefix(5)))
            // What is said to suffice does, and less does not.
            let served = fitting.map { devices[$0] }
            #expect(try SharedBand(served, totalBandwidthHertz: shortage.neededHertz).solve().servedCount == served.count)
            #expect(try SharedBand(served, totalBandwidthHertz: shortage.neededHertz * (1 - 1e-6)).solve().summary == nil)
            let time = shortage.sufficientTimeBudgetSeconds
            for (seconds, fits) in [(time * (1 + 1e-9), true), (time * (1 - 1e-6), false)] {
                let timed = try served.map { try $0.with(timeBudgetSeconds: seconds) }
                let plan = try SharedBand(timed, totalBandwidthHertz: band).solve()
                #expect((plan.servedCount == timed.count) == fits)
            }
            #expect(try #require(try SharedBand(served, totalBandwidthHertz: band).smallestTimeBudgetSeconds()) == time)
        }
        #expect(seen > 10)
    }

    @Test func devicesThatNoBandServesAreLeftOut() throws {
        let good = try DeviceEnergyProblem(compute: ComputeModel(), radio: RadioModel(), payloadBits: 222e6)
        let slow = try good.with(timeBudgetSeconds: 1)
        let plan = try SharedBand([slow, good, slow], totalBandwidthHertz: 5e7).solve()
        #expect(plan.servedCount == 1)
        guard case .infeasible(let reason) = plan[0], case .served = plan[1] else {
            Issue.record("device 0 must be infeasible and device 1 served")
            return
        }
        #expect(reason.bound == .frequencyMax)
        let none = try SharedBand([slow], totalBandwidthHertz: 5e7).solve()
        #expect(none.servedCount == 0 && none.summary == nil && none.shortage == nil)
        #expect(try SharedBand([], totalBandwidthHertz: 5e7).solve().count == 0)
        #expect(try SharedBand([], totalBandwidthHertz: 5e7).smallestTimeBudgetSeconds() == nil)
    }

    @Test(arguments: [0, -1, .nan, .infinity, 1e16]) func impossibleBandsAreRefused(hertz: Double) {
        let error = #expect(throws: EnergyInputError.self) { try SharedBand([], totalBandwidthHertz: hertz) }
        #expect(error?.field == "total_bandwidth_hz")
    }

    @Test func absurdSetsGiveFiniteNumbers() throws {
        var random = RandomProblems(seed: 47)
        var planned = 0
        for round in 0..<1_500 {
            let devices = try (0..<1 + round % 9).map { _ in try random.nextExtreme() }
            for band in [1.0, 1e4, 1e8, 1e15] {
                let plan = try SharedBand(devices, totalBandwidthHertz: band).solve()
                if let summary = plan.summary {
                    planned += 1
                    let numbers = [
                        summary.energyTotalJoules, summary.energyComputeJoules, summary.bandwidthUsedHertz,
                        summary.bandwidthPriceJoulesPerHertz, summary.dualityGapJoules, summary.dualityGapRelative,
                        summary.kktResidual,
                        summary.energyEqualBandsJoules ?? 0,
                    ]
                    #expect(numbers.allSatisfy { $0.isFinite && $0 >= 0 }, "\(summary)")
                    #expect(summary.bandwidthUsedHertz <= band * (1 + 1e-9), "\(summary)")
                }
                if let shortage = plan.shortage {
                    #expect(shortage.neededHertz.isFinite && shortage.sufficientTimeBudgetSeconds.isFinite)
                }
                for index in 0..<plan.count {
                    switch plan[index] {
                    case .served(let hertz, let device, let certificate):
                        let numbers = [
                            hertz, device.theta, device.pi, device.frequencyHertz, device.powerWatts, device.energyTotalJoules,
                            device.timeTotalSeconds, certificate.kktResidual, certificate.dualityGapRelative,
                        ]
                        #expect(numbers.allSatisfy { $0.isFinite && $0 >= 0 }, "\(numbers) \(devices[index])")
                    case .shortOfBand(let hertz): #expect(hertz.isFinite && hertz > 0)
                    case .infeasible(let reason): #expect(reason.neededSeconds.isFinite)
                    }
                }
            }
        }
        #expect(planned > 100)
    }
}
