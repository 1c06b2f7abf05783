import Energy
import Foundation
import Testing

/// Tables of operating points, the smooth form and real radios: against brute force over all pairs of rows, and against the law.
@Suite struct OperatingPointsTests {
    /// A random table of 2 to 17 rows, some of them above the hull, and a device with it.
    private static func problem(_ random: inout RandomProblems) throws -> (DeviceEnergyProblem, [OperatingPoint]) {
        let count = Int(random.uniform(2...17.99))
        let top = random.decades(8.5...9.5)
        let (constant, linear) = (random.uniform(0...0.5), random.uniform(0...1))
        let rows = (1...count).map { step in
            let share = Double(step) / Double(count)
            let watts = (constant + linear * share + share * share * share) * random.uniform(0.8...1.25)
            return OperatingPoint(frequencyHertz: top * share, powerWatts: watts)
        }
        let compute = try ComputeModel(
            samplesPerIteration: 512, cyclesPerSample: random.decades(5.5...7), power: .table(OperatingPoints(rows)))
        let load = random.uniform(0.1...0.95)
        let radio = try RadioModel(
            distanceMetres: random.uniform(5...80), circuitPowerWatts: random.uniform(0...1) < 0.5 ? 0 : random.uniform(0...0.8),
            amplifierEfficiency: random.uniform(0...1) < 0.5 ? 1 : random.uniform(0.1...1))
        return (
            try DeviceEnergyProblem(
                compute: compute, radio: radio, payloadBits: random.decades(6...8.5),
                timeBudgetSeconds: compute.workCycles / top / load), rows
        )
    }

    /// The least over every pair of rows, the shares of cycles at each, and every time and power of sending: golden sections of what is
    /// convex, from the formulas alone.
    private static func bruteForce(_ problem: DeviceEnergyProblem, _ rows: [OperatingPoint]) -> Double? {
        let (radio, time) = (problem.radio, problem.timeBudgetSeconds)
        let idle = problem.idlePowerWatts
        // Above waiting, which is drawn all the time.
        func sending(_ seconds: Double) -> Double {
            let needed = radio.powerWatts(payloadBits: problem.payloadBits, seconds: seconds)
            return (radio.circuitPowerWatts + needed / radio.amplifierEfficiency - idle) * seconds
        }
        let shortest = problem.payloadBits / radio.bitsPerSecond(powerWatts: radio.powerMaxWatts)
        let slowest = problem.payloadBits / radio.bitsPerSecond(powerWatts: radio.powerMinWatts)
        guard shortest < time else { return nil }
        let cheapest = least(in: shortest...max(shortest, min(slowest, time))) { sending($0) }
        var best: Double?
        let cycles = problem.compute.workCycles
        for first in rows {
            for second in rows where second.frequencyHertz >= first.frequencyHertz {
                let (slow, fast) = (cycles / first.frequencyHertz, cycles / second.frequencyHertz)
                guard fast <= time - shortest else { continue }
                func energy(_ seconds: Double) -> Double {
                    let part = slow > fast ? (seconds - fast) / (slow - fast) : 0
                    return part * (first.powerWatts - idle) * slow + (1 - part) * (second.powerWatts - idle) * fast
                        + sending(max(shortest, min(cheapest, time - seconds))) + idle * time
                }
                let found = energy(least(in: fast...min(slow, time - shortest), energy))
                best = min(best ?? found, found)
            }
        }
        return best
    }

    /// Where a convex function is least, by golden section.
    private static func least(in range: ClosedRange<Double>, _ value: (Double) -> Double) -> Double {
        let golden = (5.0.squareRoot() - 1) / 2
        var (low, high) = (range.lowerBound, range.upperBound)
        for _ in 0..<90 {
            let (left, right) = (high - golden * (high - low), low + golden * (high - low))
            if value(left) <= value(right) { high = right } else { low = left }
        }
        return [low, high, range.lowerBound, range.upperBound].min { value($0) < value($1) } ?? low
    }

    @Test func plansEqualBruteForce() throws {
        var random = RandomProblems(seed: 5)
        var solved = 0
        for _ in 0..<300 {
            let (problem, rows) = try Self.problem(&random)
            let brute = Self.bruteForce(problem, rows)
            let plan = EnergySolver.fast.solve(problem).plan
            #expect((brute == nil) == (plan == nil), "\(problem)")
            guard let brute, let plan else { continue }
            solved += 1
            #expect(abs(plan.energyTotalJoules / brute - 1) <= 1e-9, "\(plan), \(brute), \(problem)")
            let certificate = problem.certificate(of: plan)
            #expect(certificate.dualityGapRelative <= 1e-9 && certificate.kktResidual <= 1e-7, "\(certificate), \(problem)")
            #expect(plan.theta + plan.pi <= 1 + 1e-12)
            let algorithm = try #require(try Algorithm1(tolerance: 1e-10).solve(problem).outcome.plan)
            #expect(abs(algorithm.energyTotalJoules / brute - 1) <= 1e-8, "\(algorithm), \(brute), \(problem)")
        }
        #expect(solved > 150)
    }

    /// Rows and seconds of the schedule are those of the plan.
    @Test func schedulesAddUp() throws {
        var random = RandomProblems(seed: 6)
        for _ in 0..<200 {
            let (problem, rows) = try Self.problem(&random)
            guard let plan = EnergySolver.fast.solve(problem).plan else { continue }
            let schedule = problem.compute.schedule(frequencyHertz: plan.frequencyHertz)
            #expect((1...2).contains(schedule.count) && schedule.allSatisfy { rows.contains($0.point) })
            let seconds = schedule.reduce(0) { $0 + $1.seconds }
            let cycles = schedule.reduce(0) { $0 + $1.seconds * $1.point.frequencyHertz }
            let joules = schedule.reduce(0) { $0 + $1.seconds * $1.point.powerWatts }
            #expect(abs(seconds / plan.timeComputeSeconds - 1) < 1e-12)
            #expect(abs(cycles / problem.compute.workCycles - 1) < 1e-12)
            #expect(abs(joules / plan.energyComputeJoules - 1) < 1e-12)
        }
    }

    /// 2,000 rows of the law give the paper's plan; the smooth form without its other terms gives it exactly.
    @Test func lawsTableGivesThePapersPlan() throws {
        let law = try DeviceEnergyProblem(compute: ComputeModel(), radio: RadioModel(), payloadBits: 222e6)
        let paper = try #require(EnergySolver.fast.solve(law).plan)
        let rows = (1...2000).map { step in
            let hertz = 1e9 * Double(step) / 2000
            return OperatingPoint(frequencyHertz: hertz, powerWatts: 1e-26 * hertz * hertz * hertz)
        }
        for power in [
            ProcessorPower.table(try OperatingPoints(rows)), .smooth(constantWatts: 0, wattsPerHertz: 0, coefficient: 1e-26),
        ] {
            let problem = try DeviceEnergyProblem(compute: ComputeModel(power: power), radio: RadioModel(), payloadBits: 222e6)
            let plan = try #require(EnergySolver.fast.solve(problem).plan)
            #expect(abs(plan.energyTotalJoules / paper.energyTotalJoules - 1) < 1e-4)
            #expect(abs(plan.theta / paper.theta - 1) < 1e-3 && abs(plan.frequencyHertz / paper.frequencyHertz - 1) < 1e-3)
        }
    }

    /// The smooth form with constant power and a radio with a circuit: the energy is stationary, and no lower frequency is worth while.
    @Test func smoothFormBalances() throws {
        var random = RandomProblems(seed: 7)
        var inside = 0
        for _ in 0..<500 {
            let problem = try DeviceEnergyProblem(
                compute: ComputeModel(
                    cyclesPerSample: random.decades(5...7),
                    power: .smooth(
                        constantWatts: random.uniform(0...3), wattsPerHertz: random.decades(-10 ... -9),
                        coefficient: random.decades(-28 ... -26))),
                radio: RadioModel(
                    distanceMetres: random.uniform(5...80), circuitPowerWatts: random.uniform(0...1), amplifierEfficiency: 0.4),
                payloadBits: random.decades(6...8.5))
            guard let plan = EnergySolver.fast.solve(problem).plan else { continue }
            let certificate = problem.certificate(of: plan)
            #expect(certificate.dualityGapRelative <= 1e-10, "\(certificate), \(problem)")
            let algorithm = try #require(try Algorithm1(tolerance: 1e-10).solve(problem).outcome.plan)
            #expect(abs(algorithm.energyTotalJoules / plan.energyTotalJoules - 1) <= 1e-8)
            if plan.theta + plan.pi < 0.999 { inside += 1 }
        }
        #expect(inside > 50, "constant power makes finishing early best in some")
    }

    @Test func hullLeavesOutWhatIsNeverBest() throws {
        let points = try OperatingPoints([
            OperatingPoint(frequencyHertz: 3e9, powerWatts: 3), OperatingPoint(frequencyHertz: 1e9, powerWatts: 0.5),
            OperatingPoint(frequencyHertz: 5e8, powerWatts: 0.4), OperatingPoint(frequencyHertz: 2e9, powerWatts: 1.9),
        ])
        #expect(points.rows.map(\.frequencyHertz) == [5e8, 1e9, 2e9, 3e9], "sorted")
        #expect(points.hull.map(\.frequencyHertz) == [3e9, 1e9, 5e8], "2 GHz lies above the line")
        #expect(points.highestCyclesPerSecond == 3e9)
        #expect(points.cheapestCyclesPerSecond() == 1e9, "500 MHz costs more than 1 GHz")
        #expect(points.cheapestCyclesPerSecond(idleWatts: 0.31) == 5e8, "unless waiting draws enough")
        let one = try OperatingPoints([OperatingPoint(frequencyHertz: 1e9, powerWatts: 1)])
        let problem = try DeviceEnergyProblem(compute: ComputeModel(power: .table(one)), radio: RadioModel(), payloadBits: 222e6)
        let plan = try #require(EnergySolver.fast.solve(problem).plan)
        #expect(plan.frequencyHertz == 1e9 && abs(plan.energyComputeJoules - 1.664) < 1e-12)
        #expect(problem.certificate(of: plan).dualityGapRelative < 1e-12)
    }

    /// Memory-bound work: the fast row takes a third more cycles, and so does 1.5 times as much a second, not twice.
    @Test func scaledCyclesCount() throws {
        let points = try OperatingPoints([
            OperatingPoint(frequencyHertz: 1e9, powerWatts: 1),
            OperatingPoint(frequencyHertz: 2e9, powerWatts: 3, cyclesScale: 4.0 / 3),
        ])
        let compute = try ComputeModel(power: .table(points))
        #expect(compute.frequencyMaxHertz == 1.5e9)
        let schedule = compute.schedule(frequencyHertz: 1.5e9)
        #expect(schedule.map(\.point.frequencyHertz) == [2e9])
        #expect(abs(compute.energyJoules(frequencyHertz: 1.5e9) / (3 * compute.workCycles / 1.5e9) - 1) < 1e-15)
    }

    /// Waiting that draws makes slower rows worth while, up to all of them, and sending slowly too.
    @Test func waitingCounts() throws {
        var random = RandomProblems(seed: 10)
        var slower = 0
        for _ in 0..<300 {
            let (device, rows) = try Self.problem(&random)
            let idle = random.uniform(0...1)
            let problem = try DeviceEnergyProblem(
                compute: device.compute, radio: device.radio, payloadBits: device.payloadBits,
                timeBudgetSeconds: device.timeBudgetSeconds, idlePowerWatts: idle)
            guard let plan = EnergySolver.fast.solve(problem).plan, let without = EnergySolver.fast.solve(device).plan else {
                continue
            }
            let brute = try #require(Self.bruteForce(problem, rows))
            let spent = plan.energyTotalJoules + idle * (problem.timeBudgetSeconds - plan.timeTotalSeconds)
            #expect(abs(spent / brute - 1) <= 1e-9, "\(plan), \(brute), \(problem)")
            let certificate = problem.certificate(of: plan)
            #expect(certificate.dualityGapRelative <= 1e-9 && certificate.kktResidual <= 1e-7, "\(certificate), \(problem)")
            if plan.theta > without.theta * 1.001 { slower += 1 }
        }
        #expect(slower > 10)
    }

    @Test func badTablesAreRefusedByRow() throws {
        func field(_ rows: [OperatingPoint]) -> String? {
            do { _ = try OperatingPoints(rows) } catch { return error.field }
            return nil
        }
        let good = OperatingPoint(frequencyHertz: 1e9, powerWatts: 1)
        #expect(field([]) == "operating_points")
        #expect(field([good, OperatingPoint(frequencyHertz: 2e9, powerWatts: 0)]) == "operating_points[1].power_w")
        #expect(field([good, OperatingPoint(frequencyHertz: 2e9, powerWatts: -1)]) == "operating_points[1].power_w")
        #expect(field([good, OperatingPoint(frequencyHertz: .nan, powerWatts: 1)]) == "operating_points[1].frequency_hz")
        #expect(field([good, OperatingPoint(frequencyHertz: 1e9, powerWatts: 2)]) == "operating_points[1].frequency_hz")
        #expect(
            field([good, OperatingPoint(frequencyHertz: 2e9, powerWatts: 2, cyclesScale: 0)])
                == "operating_points[1].cycles_scale")
    }

    /// Tables, smooth forms and the law on one band, with certificates that prove the allocation.
    @Test func sharedBandsOfAllModelsAreCertified() throws {
        var random = RandomProblems(seed: 8)
        var served = 0
        for _ in 0..<60 {
            let devices = try (0..<12).map { index in
                let device = try Self.problem(&random).0
                guard index % 3 == 0 else { return device }
                let power: ProcessorPower =
                    index % 2 == 0
                    ? .law(coefficient: 1e-27) : .smooth(constantWatts: 0.3, wattsPerHertz: 2e-10, coefficient: 1e-27)
                return try DeviceEnergyProblem(
                    compute: ComputeModel(cyclesPerSample: random.decades(5.5...6.5), power: power), radio: device.radio,
                    payloadBits: device.payloadBits, idlePowerWatts: index % 4 == 0 ? 0.2 : 0)
            }
            let plan = try SharedBand(devices, totalBandwidthHertz: random.decades(7.5...8.7)).solve()
            guard let summary = plan.summary else { continue }
            served += 1
            #expect(summary.dualityGapRelative <= 1e-9, "\(summary)")
            if plan.servedCount == devices.count, let equal = summary.energyEqualBandsJoules {
                #expect(summary.energyTotalJoules <= equal * (1 + 1e-12))
            }
        }
        #expect(served > 30)
    }

    /// Batches of all models give each device its own plan.
    @Test func batchesMixModels() throws {
        var random = RandomProblems(seed: 9)
        var problems: [DeviceEnergyProblem] = []
        for index in 0..<50 { problems.append(index % 3 == 0 ? try random.next() : try Self.problem(&random).0) }
        for problems in [problems, problems.filter { if case .table = $0.compute.power { true } else { false } }] {
            let batch = EnergyBatch(problems).solve()
            for (index, problem) in problems.enumerated() {
                let (ours, alone) = (batch[index], EnergySolver.fast.solve(problem).plan)
                #expect((ours == nil) == (alone == nil))
                if let ours, let alone { #expect(abs(ours.energyTotalJoules / alone.energyTotalJoules - 1) < 1e-12) }
            }
        }
    }
}
