import Energy
import Foundation
import Testing

/// The optimal allocation of a shared band against other solvers, grids and itself.
@Suite struct SharedBandTests {
    /// A set of devices solved by sequential quadratic programming (`tools/greendiff_tools/fixtures/shared_band.py`).
    struct Case: Decodable {
        let id: String
        let totalBandwidthHz: Double
        let devices: [ReferenceCase.Device]
        let energyTotalJ: Double
        let bandwidthHz: [Double]
    }

    private func cases() throws -> [Case] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/shared_band_cases.json")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode([Case].self, from: Data(contentsOf: file))
    }

    @Test func agreesWithAGenericSolver() throws {
        let cases = try cases()
        try #require(cases.count >= 30)
        for reference in cases {
            let problem = try SharedBand(
                reference.devices.map { try $0.problem }, totalBandwidthHertz: reference.totalBandwidthHz)
            let plan = problem.solve()
            let summary = try #require(plan.summary, "\(reference.id)")
            #expect(abs(summary.energyTotalJoules / reference.energyTotalJ - 1) <= 1e-8, "\(reference.id)")
            for (index, hertz) in reference.bandwidthHz.enumerated() {
                guard case .served(let bandwidth, _, _) = plan[index] else {
                    Issue.record("\(reference.id): device \(index) is not served")
                    continue
                }
                #expect(abs(bandwidth - hertz) <= 2e-3 * reference.totalBandwidthHz, "\(reference.id) device \(index)")
            }
        }
    }

    /// Sets of devices of all kinds, on bands from tight to wide.
    static func sets(
        _ count: Int, seed: UInt64, sizes: ClosedRange<Int> = 1...12, widths: [Double] = [1.0001, 1.05, 2, 30]
    ) throws -> [SharedBand] {
        var random = RandomProblems(seed: seed)
        var sets: [SharedBand] = []
        while sets.count < count {
            let size = sizes.lowerBound + sets.count % (sizes.upperBound - sizes.lowerBound + 1)
            let devices = try (0..<size).map { _ in try random.next() }
            let needed = try SharedBand(devices, totalBandwidthHertz: 1).shortageOrWidest()
            guard let needed else { continue }
            let width = min(max(needed * widths[sets.count % widths.count], 1), 1e15)
            sets.append(try SharedBand(devices, totalBandwidthHertz: width))
        }
        return sets
    }

    @Test func gapsAreSmallBandsAreKeptAndEqualPartsNeverWin() throws {
        var powers: Set<String> = []
        var comparable = 0
        for (number, set) in try Self.sets(400, seed: 31).enumerated() {
            let plan = set.solve()
            guard let summary = plan.summary else { continue }
            // Where the needs fill the band up to 1e-4, rounding counts 1e4 times, and a hertz is worth thousands of times the mean.
            let isTight = number % 4 == 0
            #expect(summary.dualityGapRelative >= 0 && summary.dualityGapRelative <= (isTight ? 1e-6 : 1e-8), "\(summary)")
            #expect(summary.kktResidual <= 1e-6, "\(summary)")
            #expect(summary.bandwidthUsedHertz <= set.totalBandwidthHertz)
            #expect(summary.bandwidthUsedHertz >= set.totalBandwidthHertz * (1 - 1e-9))
            var (used, energy) = (0.0, 0.0)
            for (index, problem) in set.devices.enumerated() {
                guard case .served(let bandwidth, let device, let certificate) = plan[index] else { continue }
                used += bandwidth
                energy += device.energyTotalJoules
                #expect(certificate.dualityGapRelative <= 1e-7)
                #expect((problem.compute.frequencyMinHertz...problem.compute.frequencyMaxHertz).contains(device.frequencyHertz))
                #expect((problem.radio.powerMinWatts...problem.radio.powerMaxWatts).contains(device.powerWatts))
                #expect(device.timeTotalSeconds <= problem.timeBudgetSeconds * (1 + 1e-12))
                let radio = problem.radio
                let snr = radio.signalToNoisePerWatt * radio.bandwidthHertz / bandwidth
                let sent = bandwidth * log2(1 + snr * device.powerWatts) * device.timeCommunicationSeconds
                #expect(sent >= problem.payloadBits * (1 - 1e-9))
                powers.insert(
                    device.powerWatts >= radio.powerMaxWatts * (1 - 1e-9)
                        ? "highest" : device.powerWatts <= radio.powerMinWatts * (1 + 1e-9) ? "lowest" : "between")
                powers.insert(device.timeTotalSeconds < problem.timeBudgetSeconds * (1 - 1e-6) ? "early" : "in time")
                powers.insert(device.frequencyHertz >= problem.compute.frequencyMaxHertz * (1 - 1e-9) ? "fastest" : "slower")
            }
            #expect(abs(used / summary.bandwidthUsedHertz - 1) <= 1e-12 && abs(energy / summary.energyTotalJoules - 1) <= 1e-12)
            guard let equal = summary.energyEqualBandsJoules else { continue }
            #expect(summary.energyTotalJoules <= equal * (1 + 1e-10))
            comparable += 1
        }
        #expect(comparable > 100)
        // Every limit was met somewhere.
        #expect(powers == ["highest", "lowest", "between", "early", "in time", "fastest", "slower"])
    }

    /// The certificate is a bound: no other feasible allocation is better than it says, and a poor one is found out.
    @Test func theGapBoundsEveryOtherAllocation() throws {
        for set in try Self.sets(60, seed: 37, sizes: 2...5) {
            let plan = set.solve()
            guard let summary = plan.summary, plan.servedCount == set.devices.count else { continue }
            let best = (0..<plan.count).map { index in
                if case .served(let bandwidth, _, _) = plan[index] { bandwidth } else { 0.0 }
            }
            for from in best.indices {
                for to in best.indices where to != from {
                    for part in [0.001, 0.05, 0.3] {
                        var moved = best
                        moved[from] -= part * best[from]
                        moved[to] += part * best[from]
                        guard let energy = set.energy(moved) else { continue }
                        #expect(energy >= summary.energyTotalJoules - summary.dualityGapJoules - 1e-13 * energy)
                        let poor = set.summary(bandwidthsHertz: moved, priceJoulesPerHertz: summary.bandwidthPriceJoulesPerHertz)
                        #expect(poor.energyTotalJoules - poor.dualityGapJoules <= summary.energyTotalJoules * (1 + 1e-12))
                        guard energy > 1.01 * summary.energyTotalJoules else { continue }
                        #expect(poor.dualityGapRelative >= 0.009 && poor.kktResidual > 0.01, "\(poor)")
                    }
                }
            }
        }
    }

    @Test func noPointOfAGridIsBetter() throws {
        for set in try Self.sets(60, seed: 41, sizes: 2...3) {
            let plan = set.solve()
            guard let least = plan.summary?.energyTotalJoules, plan.servedCount == set.devices.count else { continue }
            let steps = set.devices.count == 2 ? 400 : 40
            for first in 1..<steps {
                for second in set.devices.count == 2 ? 0...0 : 1...(steps - first) where first + second < steps {
                    var parts = [first, steps - first].map { Double($0) / Double(steps) * set.totalBandwidthHertz }
                    if set.devices.count == 3 {
                        parts = [first, second, steps - first - second].map {
                            Double($0) / Double(steps) * set.totalBandwidthHertz
                        }
                    }
                    guard let energy = set.energy(parts) else { continue }
                    #expect(energy >= least * (1 - 1e-9))
                }
            }
        }
    }
}

extension SharedBand {
    /// The energy of an allocation, each device by the solver of single ones; nil where a part is too small.
    func energy(_ bandwidths: [Double]) -> Double? {
        var sum = 0.0
        for (device, bandwidth) in zip(devices, bandwidths) {
            guard let plan = try? EnergySolver.fast.solve(device.onBand(bandwidth)).plan else { return nil }
            sum += plan.energyTotalJoules
        }
        return sum
    }

    /// A band that serves all devices, or nil where training alone is too slow for one.
    func shortageOrWidest() throws -> Double? {
        let widest = try SharedBand(devices, totalBandwidthHertz: 1e15).solve()
        guard widest.servedCount == devices.count else { return nil }
        // The widest band that is still too narrow, from above.
        var (low, high) = (1.0, 1e15)
        while high > low * (1 + 1e-6) {
            let middle = (low * high).squareRoot()
            let plan = try SharedBand(devices, totalBandwidthHertz: middle).solve()
            if let shortage = plan.shortage { return shortage.neededHertz }
            if plan.servedCount == devices.count { high = middle } else { low = middle }
        }
        return high
    }
}

extension DeviceEnergyProblem {
    /// The same device on a channel of another width.
    func onBand(_ hertz: Double) throws -> DeviceEnergyProblem {
        try DeviceEnergyProblem(
            compute: compute,
            radio: RadioModel(
                bandwidthHertz: hertz, channelGain: radio.channelGain, distanceMetres: radio.distanceMetres,
                pathLossExponent: radio.pathLossExponent, noiseDBmPerMegahertz: radio.noiseDBmPerMegahertz,
                powerMinWatts: radio.powerMinWatts, powerMaxWatts: radio.powerMaxWatts),
            payloadBits: payloadBits, timeBudgetSeconds: timeBudgetSeconds)
    }
}
