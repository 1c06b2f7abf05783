import Energy
import Testing

/// Widths of all devices together, against every possible choice.
@Suite struct SystemBitsTests {
    /// Devices with 2 to 4 widths: errors fall by about 4 a bit and energies rise, unevenly.
    private func devices(_ count: Int, seed: UInt64) -> [[WidthOption]] {
        var random = RandomProblems(seed: seed)
        return (0..<count).map { _ in
            let (scale, cost) = (random.decades(-3...0), random.decades(-1...1))
            let slope = random.decades(-2 ... -0.3)
            return (0..<(2 + Int(random.uniform(0...2.999)))).map { step in
                WidthOption(
                    bits: 5 + step, error: scale * random.uniform(0.7...1.4) / [1, 4, 16, 64][step],
                    energyJoules: cost * (1 + slope * Double(step) * random.uniform(0.8...1.25)))
            }
        }
    }

    /// The least energy of all choices that keep the limit.
    private func bruteForce(_ devices: [[WidthOption]], errorLimit: Double) -> Double? {
        var best: Double?
        func visit(_ device: Int, _ energy: Double, _ error: Double) {
            guard device < devices.count else {
                if error <= errorLimit, energy < best ?? .infinity { best = energy }
                return
            }
            for option in devices[device] { visit(device + 1, energy + option.energyJoules, error + option.error) }
        }
        visit(0, 0, 0)
        return best
    }

    private func range(_ devices: [[WidthOption]]) -> ClosedRange<Double> {
        let smallest = devices.reduce(0) { $0 + ($1.map(\.error).min() ?? 0) }
        return smallest...devices.reduce(0) { $0 + ($1.map(\.error).max() ?? 0) }
    }

    /// Limits from the smallest reachable error to beyond the largest.
    private func limits(_ devices: [[WidthOption]]) -> [Double] {
        let range = range(devices)
        return stride(from: 0.0, through: 1.05, by: 0.15).map { range.lowerBound + $0 * (range.upperBound - range.lowerBound) }
    }

    @Test(arguments: 1...60) func fewDevicesGetTheBestOfAllChoices(seed: Int) throws {
        let devices = devices(1 + seed % 7, seed: UInt64(seed))
        for limit in limits(devices) {
            let result = try SystemBits.solve(devices, errorLimit: limit)
            let best = try #require(bruteForce(devices, errorLimit: limit))
            #expect(result.isOptimal)
            #expect(abs(result.energyJoules - best) <= 1e-9 * best, "\(result.energyJoules) J, the best is \(best) J")
            #expect(result.error <= limit)
            #expect(result.lowerBoundJoules <= best * (1 + 1e-12))
            let chosen = zip(devices, result.choices).map { $0[$1] }
            #expect(abs(chosen.reduce(0) { $0 + $1.energyJoules } - result.energyJoules) <= 1e-12 * best)
            #expect(abs(chosen.reduce(0) { $0 + $1.error } - result.error) <= 1e-12 * limit)
        }
    }

    /// Without branch and bound the choice may cost more, and the gap says at most how much.
    @Test(arguments: 1...60) func theGapCoversWhatIsLost(seed: Int) throws {
        let devices = devices(2 + seed % 6, seed: UInt64(1000 + seed))
        for limit in limits(devices) {
            let result = try SystemBits.solve(devices, errorLimit: limit, nodeLimit: 0)
            let best = try #require(bruteForce(devices, errorLimit: limit))
            #expect(result.error <= limit)
            #expect(result.energyJoules >= best * (1 - 1e-12))
            #expect(result.energyJoules <= best * (1 + result.gapRelative) * (1 + 1e-9))
        }
    }

    @Test(arguments: 1...20) func moreErrorNeverCostsMore(seed: Int) throws {
        let devices = devices(8, seed: UInt64(2000 + seed))
        var last = (energy: Double.infinity, bound: Double.infinity, price: Double.infinity)
        for limit in limits(devices) {
            let result = try SystemBits.solve(devices, errorLimit: limit)
            #expect(result.isOptimal)
            #expect(result.energyJoules <= last.energy * (1 + 1e-12))
            #expect(result.lowerBoundJoules <= last.bound * (1 + 1e-12))
            #expect(result.errorPriceJoules <= last.price * (1 + 1e-12))
            last = (result.energyJoules, result.lowerBoundJoules, result.errorPriceJoules)
        }
        #expect(last.price == 0, "a limit above every choice's error has no price")
        let cheapest = devices.reduce(0) { $0 + ($1.map(\.energyJoules).min() ?? 0) }
        #expect(abs(last.energy - cheapest) <= 1e-12 * cheapest)
    }

    /// Every device with a demand of its own, and the system at the sum of those demands; with and without the exact search.
    @Test(arguments: 1...40) func neverWorseThanEveryDeviceAlone(seed: Int) throws {
        let devices = devices(3 + seed, seed: UInt64(3000 + seed))
        var random = RandomProblems(seed: UInt64(seed))
        let demands = devices.map { options in
            let (low, high) = (options.map(\.error).min() ?? 0, options.map(\.error).max() ?? 0)
            return low * (1 + 1e-9) + random.uniform(0...1) * (high - low)
        }
        let alone = zip(devices, demands).map { options, demand in
            options.indices.filter { options[$0].error <= demand }.min { options[$0].energyJoules < options[$1].energyJoules }
                ?? 0
        }
        let energy = zip(devices, alone).reduce(0) { $0 + $1.0[$1.1].energyJoules }
        let limit = demands.reduce(0, +)
        for nodeLimit in [0, 200_000] {
            let result = try SystemBits.solve(devices, errorLimit: limit, incumbent: alone, nodeLimit: nodeLimit)
            #expect(result.energyJoules <= energy * (1 + 1e-12))
            #expect(result.error <= limit)
        }
        let exact = try SystemBits.solve(devices, errorLimit: limit)
        #expect(exact.energyJoules <= energy * (1 + (exact.isOptimal ? 1e-12 : exact.gapRelative)))
        #expect(exact.gapRelative < (devices.count > 10 ? 0.01 : 0.5))
    }

    @Test func aThousandDevicesHaveASmallGap() throws {
        let devices = devices(1000, seed: 7)
        let range = range(devices)
        let result = try SystemBits.solve(devices, errorLimit: (range.lowerBound + range.upperBound) / 8)
        #expect(result.gapRelative < 1e-4, "\(result.gapRelative)")
    }

    @Test func anUnreachableErrorIsExplained() throws {
        let devices = [
            [WidthOption(bits: 6, error: 4, energyJoules: 1), WidthOption(bits: 8, error: 0.25, energyJoules: 2)],
            [WidthOption(bits: 7, error: 0.5, energyJoules: 1)],
        ]
        let error = #expect(throws: UnreachableError.self) { try SystemBits.solve(devices, errorLimit: 0.7) }
        #expect(error?.limit == 0.7 && error?.smallest == 0.75)
        let text = "\(try #require(error))"
        for part in ["0.7 ", "0.75", "at least", "wider"] { #expect(text.contains(part), "'\(text)' lacks '\(part)'") }
        #expect(try SystemBits.solve(devices, errorLimit: 0.75).choices == [1, 0])
        #expect(try SystemBits.solve(devices, errorLimit: 4.5).choices == [0, 0])
    }

    /// Where a wider code costs no more, the narrow one is never taken; and options may come in any order.
    @Test func optionsThatAreWorseInBothAreNeverTaken() throws {
        let devices = [
            [
                WidthOption(bits: 8, error: 1, energyJoules: 2), WidthOption(bits: 6, error: 9, energyJoules: 2),
                WidthOption(bits: 7, error: 4, energyJoules: 2.5),
            ]
        ]
        for limit in [1.0, 5, 10] { #expect(try SystemBits.solve(devices, errorLimit: limit).choices == [0]) }
        #expect(try SystemBits.solve([], errorLimit: 0).energyJoules == 0)
    }
}
