import Codec
import Energy

extension RoundPlanner {
    /// The widths that cost all devices together the least energy at the aggregate's error, and each device's plan for its width.
    ///
    /// A device's plan asks for the error of its width, times what the choice left of the bound: the bound holds where every device keeps
    /// to its part. A bound that no widths reach is approached with the most exact ones.
    ///
    /// - Parameter aggregateError: relative: `sum p_k^2*D_k` over `sum p_k^2*||w_k||^2`; nil for what the devices' own demands add up to.
    func systemPlan(_ candidates: [RoundCandidate], timeBudgetSeconds: Double, aggregateError: Double?) -> SystemPlan {
        let choices = candidates.map { feasiblePlans($0, timeBudgetSeconds: timeBudgetSeconds) }
        let taking = choices.indices.filter { (try? choices[$0].get()) != nil }
        guard !taking.isEmpty else {
            return SystemPlan(plans: choices.map { $0.map { $0[0] } }, bits: nil)
        }
        let samples = taking.reduce(0) { $0 + Double(candidates[$1].device.samples) }
        let parts = taking.map { index in
            let share = Double(candidates[index].device.samples) / samples
            let plans = (try? choices[index].get()) ?? []
            return SystemPart(candidates[index], plans: plans, weight: share * share)
        }
        let bound = parts.reduce(0) { $0 + $1.weight * $1.allowedError(aggregateError) }
        let (places, gap) = places(parts, bound: bound)
        let error = zip(parts, places).reduce(0) { $0 + $1.0.options[$1.1].error }
        let slack = error > 0 ? max(1, bound / error) : 1
        var plans = choices.map { $0.map { $0[0] } }
        for (index, (part, place)) in zip(taking, zip(parts, places)) {
            plans[index] = .success(part.plan(place, slack: slack))
        }
        return SystemPlan(plans: plans, bits: SystemBitsRecord(aggregateErrorBound: bound, gap: gap))
    }

    /// The cheapest options within the planned share of the bound, or what the devices would take by themselves where that is cheaper and
    /// within the bound; with the gap to the best choice.
    private func places(_ parts: [SystemPart], bound: Double) -> (places: [Int], gap: Double) {
        let options = parts.map(\.options)
        let alone = parts.map { $0.alone(rule: settings.rule) }
        func sum(_ places: [Int], _ value: (WidthOption) -> Double) -> Double {
            zip(options, places).reduce(0) { $0 + value($1.0[$1.1]) }
        }
        for limit in [Self.plannedShare * bound, bound] {
            guard let system = try? SystemBits.solve(options, errorLimit: limit, incumbent: alone) else { continue }
            let isAloneCheaper = sum(alone, \.error) <= bound && sum(alone, \.energyJoules) < system.energyJoules
            return isAloneCheaper ? (alone, 0) : (system.choices, system.gapRelative)
        }
        return (parts.map(\.mostExact), 0)
    }

    /// The relative errors of a device's updates drift by a few percent from one round to the next. Without a reserve every other device
    /// would find its part of the bound exceeded and take a bit more than planned.
    private static let plannedShare = 0.9

    /// The energy plan for every accepted width that fits into the time budget, or where none does into the longer one that is allowed; the
    /// narrowest first. Or why not even that does.
    private func feasiblePlans(
        _ candidate: RoundCandidate, timeBudgetSeconds: Double
    ) -> Result<[DevicePlan], Infeasibility> {
        var (plans, reason): ([DevicePlan], Infeasibility?) = ([], nil)
        for budget in budgets(timeBudgetSeconds, settings.allowedExtraSeconds) where plans.isEmpty {
            for bits in candidate.device.acceptedBits {
                do throws(Infeasibility) {
                    var plan = try plan(
                        candidate.device, fading: candidate.fading, forecast: candidate.forecast, timeBudgetSeconds: budget,
                        scheme: settings.scheme, bits: bits)
                    if budget > timeBudgetSeconds, let reason {
                        plan.outage = Outage(action: .longerTime, reason: "\(reason.reason); planned within \(budget) s instead")
                    }
                    plans.append(plan)
                } catch { reason = reason ?? error }
            }
        }
        return plans.isEmpty ? .failure(reason ?? Infeasibility(reason: "no bits to send")) : .success(plans)
    }
}

/// A device that takes part: its feasible plans and what they add to the aggregate's error.
private struct SystemPart {
    let candidate: RoundCandidate
    let plans: [DevicePlan]
    /// `p_k^2`.
    let weight: Double

    init(_ candidate: RoundCandidate, plans: [DevicePlan], weight: Double) {
        (self.candidate, self.plans, self.weight) = (candidate, plans, weight)
    }

    private var summary: ErrorSummary { candidate.forecast.summary }

    var options: [WidthOption] {
        plans.map { plan in
            WidthOption(
                bits: plan.bits, error: weight * summary.expectedError(bits: plan.bits),
                energyJoules: plan.energy.energyTotalJoules)
        }
    }

    /// The device's error within the bound: the given share of its squared norm, its demand, or what its budget buys.
    func allowedError(_ aggregateError: Double?) -> Double {
        aggregateError.map { $0 * summary.squaredNorm }
            ?? candidate.device.demand.error?.absolute(squaredNorm: summary.squaredNorm)
            ?? summary.expectedError(bits: plans[plans.count - 1].bits)
    }

    var mostExact: Int {
        plans.indices.min { summary.expectedError(bits: plans[$0].bits) < summary.expectedError(bits: plans[$1].bits) } ?? 0
    }

    /// What the device would take by its own demand.
    func alone(rule: BitRule) -> Int {
        let wanted = candidate.device.demand.error.flatMap {
            summary.smallestBits(accepted: plans.map(\.bits), demand: $0, rule: rule)
        }
        return plans.firstIndex { $0.bits == wanted } ?? plans.count - 1
    }

    func plan(_ place: Int, slack: Double) -> DevicePlan {
        let plan = plans[place]
        return DevicePlan(
            scheme: plan.scheme, bits: plan.bits, demand: .relative(slack * summary.relativeError(bits: plan.bits)),
            problem: plan.problem, energy: plan.energy, outage: plan.outage)
    }
}
