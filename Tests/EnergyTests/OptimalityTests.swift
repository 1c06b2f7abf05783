import Energy
import Foundation
import Testing

@Suite struct OptimalityTests {
    private let problems: [DeviceEnergyProblem]

    init() throws {
        var random = RandomProblems(seed: 11)
        problems = try (0..<2_000).map { _ in try random.next() }
    }

    /// `E(theta, pi)` written out anew, apart from the module's own formulas.
    private func energy(_ problem: DeviceEnergyProblem, theta: Double, pi: Double) -> Double {
        let work = problem.compute.workCycles
        let frequency = work / (theta * problem.timeBudgetSeconds)
        let snr = problem.radio.signalToNoisePerWatt
        let seconds = pi * problem.timeBudgetSeconds
        let power = (exp2(problem.payloadBits / (problem.radio.bandwidthHertz * seconds)) - 1) / snr
        return problem.compute.energyCoefficient * frequency * frequency * work + power * seconds
    }

    private func bounds(_ problem: DeviceEnergyProblem) -> (theta: ClosedRange<Double>, pi: ClosedRange<Double>) {
        let time = problem.timeBudgetSeconds
        let (compute, radio) = (problem.compute, problem.radio)
        return (
            compute.timeSeconds(frequencyHertz: compute.frequencyMaxHertz) / time...compute.timeSeconds(
                frequencyHertz: compute.frequencyMinHertz) / time,
            problem.payloadBits / radio.bitsPerSecond(powerWatts: radio.powerMaxWatts) / time...problem.payloadBits
                / radio.bitsPerSecond(powerWatts: radio.powerMinWatts) / time
        )
    }

    /// The principal branch of Lambert's W for x >= -1/e, by Halley's iteration.
    private func lambertW(_ x: Double) -> Double {
        var w = x < 1 ? -1 + (2 * max(0, 1 + M_E * x)).squareRoot() : log(x)
        for _ in 0..<60 where w > -1 {
            let f = w * exp(w) - x
            w -= f / (exp(w) * (w + 1) - (w + 2) * f / (2 * w + 2))
        }
        return w
    }

    /// [Lai23 eq. 17-19] (corrected) in closed form at the plan's own multiplier: an independent check of both shares.
    @Test func plansSatisfyTheOptimalityConditions() throws {
        var interior = 0
        for problem in problems {
            guard let plan = EnergySolver.fast.solve(problem).plan, plan.theta + plan.pi > 1 - 1e-9 else { continue }
            let (thetas, pis) = bounds(problem)
            guard plan.theta > thetas.lowerBound * (1 + 1e-9), plan.theta < thetas.upperBound * (1 - 1e-9) else { continue }
            let work = problem.compute.workCycles
            let time = problem.timeBudgetSeconds
            let multiplier =
                2 * problem.compute.energyCoefficient * work * work * work / (time * time * plan.theta * plan.theta * plan.theta)
            let scale = time / problem.radio.signalToNoisePerWatt
            let demand = M_LN2 * problem.payloadBits / (problem.radio.bandwidthHertz * time)
            let w = lambertW((multiplier / scale - 1) / M_E)
            guard 1 + w > 1e-4 else { continue }
            let pi = min(max(demand / (1 + w), pis.lowerBound), pis.upperBound)
            #expect(abs(plan.pi - pi) <= 1e-6 * pi, "pi \(plan.pi), closed form \(pi)")
            interior += 1
        }
        #expect(interior > 300)
    }

    @Test func noPointOfAGridIsBetter() throws {
        for problem in problems.prefix(300) {
            guard let plan = EnergySolver.fast.solve(problem).plan else { continue }
            let (thetas, pis) = bounds(problem)
            let least = plan.energyTotalJoules
            for step in 0...400 {
                let theta = thetas.lowerBound + (min(thetas.upperBound, 1) - thetas.lowerBound) * Double(step) / 400
                let pi = min(1 - theta, pis.upperBound)
                guard pi >= pis.lowerBound else { continue }
                #expect(energy(problem, theta: theta, pi: pi) >= least * (1 - 1e-9))
            }
        }
    }

    @Test func infeasibleExactlyWhenFastestSettingsMissTheBudget() throws {
        var infeasible = 0
        for problem in problems {
            let (thetas, pis) = bounds(problem)
            let fits = thetas.lowerBound + pis.lowerBound <= 1
            #expect((EnergySolver.fast.solve(problem).plan != nil) == fits)
            infeasible += fits ? 0 : 1
        }
        #expect(infeasible > 50 && infeasible < 1_500)
    }

    @Test func plansKeepEveryBound() throws {
        for problem in problems {
            guard let plan = EnergySolver.fast.solve(problem).plan else { continue }
            let (compute, radio) = (problem.compute, problem.radio)
            #expect((compute.frequencyMinHertz...compute.frequencyMaxHertz).contains(plan.frequencyHertz))
            #expect((radio.powerMinWatts...radio.powerMaxWatts).contains(plan.powerWatts))
            #expect(plan.timeTotalSeconds <= problem.timeBudgetSeconds * (1 + 1e-12))
            let sent = radio.bitsPerSecond(powerWatts: plan.powerWatts) * plan.timeCommunicationSeconds
            #expect(sent >= problem.payloadBits * (1 - 1e-9))
            #expect(compute.timeSeconds(frequencyHertz: plan.frequencyHertz) <= plan.timeComputeSeconds * (1 + 1e-12))
        }
    }

    @Test func neverWorseThanAnEvenSplit() throws {
        for problem in problems {
            guard let even = problem.evenSplit().plan else { continue }
            let plan = try #require(EnergySolver.fast.solve(problem).plan)
            #expect(plan.energyTotalJoules <= even.energyTotalJoules * (1 + 1e-12))
        }
    }

    @Test func moreTimeNeverCostsAndMoreBitsOrDistanceNeverSave() throws {
        for problem in problems.prefix(500) {
            guard let least = EnergySolver.fast.solve(problem).plan?.energyTotalJoules else { continue }
            let slack = 1e-12 * least
            let longer = try problem.with(timeBudgetSeconds: problem.timeBudgetSeconds * 1.01)
            #expect(try #require(EnergySolver.fast.solve(longer).plan).energyTotalJoules <= least + slack)
            if let larger = EnergySolver.fast.solve(try problem.with(payloadBits: problem.payloadBits * 1.01)).plan {
                #expect(larger.energyTotalJoules >= least - slack)
            }
            if let farther = EnergySolver.fast.solve(try problem.moved(by: 1.01)).plan {
                #expect(farther.energyTotalJoules >= least - slack)
            }
        }
    }

    @Test func bothSolversAndTheBatchAgree() throws {
        let algorithm = try Algorithm1(tolerance: 1e-9)
        for equations in EnergyEquations.allCases {
            let plans = EnergyBatch(problems).solve(equations: equations)
            for (index, problem) in problems.enumerated() {
                let fast = EnergySolver.fast.solve(problem, equations: equations).plan
                let slow = EnergySolver.algorithm1(algorithm).solve(problem, equations: equations).plan
                #expect((fast == nil) == (slow == nil) && (fast == nil) == (plans[index] == nil))
                guard let fast, let slow, let batch = plans[index] else { continue }
                #expect(abs(slow.theta - fast.theta) <= 2e-6 && abs(slow.pi - fast.pi) <= 2e-6, "device \(index), \(equations)")
                #expect(abs(batch.theta - fast.theta) <= 1e-9 && abs(batch.pi - fast.pi) <= 1e-9)
                #expect(abs(batch.energyTotalJoules - fast.energyTotalJoules) <= 1e-10 * fast.energyTotalJoules)
                if equations == .corrected {
                    #expect(abs(slow.energyTotalJoules - fast.energyTotalJoules) <= 2e-9 * fast.energyTotalJoules)
                }
            }
        }
    }

    @Test func absurdDevicesGiveFiniteNumbers() throws {
        var random = RandomProblems(seed: 5)
        let extremes = try (0..<20_000).map { _ in try random.nextExtreme() }
        for equations in EnergyEquations.allCases {
            let plans = EnergyBatch(extremes).solve(equations: equations)
            for (index, problem) in extremes.enumerated() {
                for plan in [plans[index], EnergySolver.fast.solve(problem, equations: equations).plan].compactMap({ $0 }) {
                    let numbers = [
                        plan.theta, plan.pi, plan.frequencyHertz, plan.powerWatts, plan.timeComputeSeconds,
                        plan.timeCommunicationSeconds, plan.energyComputeJoules, plan.energyCommunicationJoules,
                    ]
                    #expect(numbers.allSatisfy { $0.isFinite && $0 >= 0 }, "\(problem)")
                }
            }
        }
    }
}

extension DeviceEnergyProblem {
    /// The same device `factor` times as far away.
    func moved(by factor: Double) throws -> DeviceEnergyProblem {
        try DeviceEnergyProblem(
            compute: compute,
            radio: RadioModel(
                bandwidthHertz: radio.bandwidthHertz, channelGain: radio.channelGain,
                distanceMetres: radio.distanceMetres * factor, pathLossExponent: radio.pathLossExponent,
                noiseDBmPerMegahertz: radio.noiseDBmPerMegahertz, powerMinWatts: radio.powerMinWatts,
                powerMaxWatts: radio.powerMaxWatts),
            payloadBits: payloadBits, timeBudgetSeconds: timeBudgetSeconds)
    }
}
