import Energy
import Report

/// What `greendiff plan` says about one device; the fields of its JSON output.
package struct PlanEntry: Sendable {
    package let id: DeviceIdentifier
    /// The plan; nil where the device is infeasible.
    package let plan: EnergyPlan?
    /// How far the plan is from the optimum; nil without one.
    package let certificate: PlanCertificate?
    /// Why there is no plan, and the way out.
    package let reason: String?
    /// Energy of the even split, J; nil where that is infeasible.
    package let energyEvenSplitJoules: Double?
    /// Steps of Algorithm 1; nil for the fast solver.
    package let iterations: [Algorithm1.Iteration]?
    /// The device's part of a shared band.
    package let bandwidthHertz: Double?
    /// The form of the processor's power that the plan is of.
    package let energyModel: EnergyModel
    /// One row of the processor's table or two, the faster first, and the seconds at each; empty without a table.
    package let schedule: [(point: OperatingPoint, seconds: Double)]
    /// What the device draws while it waits for the rest of the time budget, J; nil where nothing is known or there is no plan.
    package let energyIdleJoules: Double?
    /// Receiving the global model: seconds and joules; nil where the device receives none or there is no plan.
    package let download: (seconds: Double, joules: Double)?
    /// Operations for a joule of training that the plan implies; nil where the device does not say how many a cycle does.
    package let flopsPerJoule: Double?
    /// What would make an infeasible device feasible, where it is known.
    package let waysOut: WaysOut

    /// Limits that would make an infeasible device feasible.
    package struct WaysOut: Sendable {
        package var timeBudgetSeconds: Double?
        package var payloadBits: Double?
        package var bitsPerParameter: Double?
        /// The least part of a shared band that serves the device.
        package var bandwidthHertz: Double?
    }

    /// The entry of a device that has its own band.
    init(_ device: PlannedDevice, outcome: EnergyOutcome, iterations: [Algorithm1.Iteration]?) {
        id = device.id
        self.iterations = iterations
        // With a table half of the time is mostly longer than training is worth.
        energyEvenSplitJoules =
            device.problem.evenSplit(finishingEarly: device.problem.compute.power.form != .paper).plan?.energyTotalJoules
        bandwidthHertz = nil
        (energyModel, schedule, energyIdleJoules) = Self.processor(of: device, outcome.plan)
        download = outcome.plan.flatMap { _ in Self.download(of: device) }
        flopsPerJoule = Self.flopsPerJoule(outcome.plan, device)
        switch outcome {
        case .feasible(let plan):
            self.plan = plan
            certificate = device.problem.certificate(of: plan)
            (reason, waysOut) = (nil, WaysOut())
        case .infeasible(let infeasibility):
            (plan, certificate) = (nil, nil)
            (reason, waysOut) = Self.explanation(infeasibility, device)
        }
    }

    /// The entry of a device that shares a band.
    init(_ device: PlannedDevice, on band: SharedBandPlan.Entry, shortage: SharedBandShortage?) {
        id = device.id
        iterations = nil
        energyEvenSplitJoules = nil
        let served: EnergyPlan? = if case .served(_, let plan, _) = band { plan } else { nil }
        (energyModel, schedule, energyIdleJoules) = Self.processor(of: device, served)
        download = served.flatMap { _ in Self.download(of: device) }
        flopsPerJoule = Self.flopsPerJoule(served, device)
        switch band {
        case .served(let hertz, let plan, let certificate):
            (self.plan, self.certificate, bandwidthHertz) = (plan, certificate, hertz)
            (reason, waysOut) = (nil, WaysOut())
        case .infeasible(let infeasibility):
            (plan, certificate, bandwidthHertz) = (nil, nil, nil)
            let (reason, waysOut) = Self.explanation(infeasibility, device)
            (self.reason, self.waysOut) = ("with the whole band to itself: " + reason, waysOut)
        case .shortOfBand(let smallest):
            (plan, certificate, bandwidthHertz) = (nil, nil, nil)
            reason =
                "total_bandwidth_hz: needs at least \(Quantity.significant(smallest / 1e6)) MHz"
                + (shortage.map { "; " + $0.explanation } ?? "")
            waysOut = WaysOut(timeBudgetSeconds: shortage?.sufficientTimeBudgetSeconds, bandwidthHertz: smallest)
        }
    }

    private static func processor(
        of device: PlannedDevice, _ plan: EnergyPlan?
    ) -> (EnergyModel, [(point: OperatingPoint, seconds: Double)], Double?) {
        let compute = device.problem.compute
        return (
            compute.power.form, plan.map { compute.schedule(frequencyHertz: $0.frequencyHertz) } ?? [],
            plan.flatMap { plan in
                let waiting = max(0, device.problem.availableSeconds - plan.timeTotalSeconds)
                return device.idlePowerWatts > 0 ? device.idlePowerWatts * waiting : nil
            }
        )
    }

    private static func flopsPerJoule(_ plan: EnergyPlan?, _ device: PlannedDevice) -> Double? {
        guard let plan, let flopsPerCycle = device.flopsPerCycle else { return nil }
        return device.problem.compute.flopsPerJoule(plan, flopsPerCycle: flopsPerCycle)
    }

    private static func download(of device: PlannedDevice) -> (seconds: Double, joules: Double)? {
        let reception = device.problem.reception
        return reception.bits > 0 ? (reception.seconds, reception.energyJoules) : nil
    }

    private static func explanation(_ infeasibility: EnergyInfeasibility, _ device: PlannedDevice) -> (String, WaysOut) {
        var ways = WaysOut(
            timeBudgetSeconds: infeasibility.smallestTimeBudgetSeconds, payloadBits: infeasibility.largestPayloadBits)
        guard let bits = infeasibility.largestPayloadBits, let count = device.parameterCount else {
            return (infeasibility.description, ways)
        }
        ways.bitsPerParameter = bits / count
        return (infeasibility.description + " (\((bits / count * 1e4).rounded(.down) / 1e4) bits a parameter)", ways)
    }

    /// The fields in the order in which they are written; new ones go to the end, where programs that count columns do not look.
    enum Field: String, CaseIterable {
        case id, feasible, theta, pi
        case frequencyHertz = "frequency_hz"
        case powerWatts = "power_w"
        case timeComputeSeconds = "time_compute_s"
        case timeCommunicationSeconds = "time_communication_s"
        case energyComputeJoules = "energy_compute_j"
        case energyCommunicationJoules = "energy_communication_j"
        case energyTotalJoules = "energy_total_j"
        case energyEvenSplitJoules = "energy_even_split_j"
        case reason
        case smallestTimeBudgetSeconds = "time_budget_smallest_s"
        case largestPayloadBits = "payload_bits_largest"
        case largestBitsPerParameter = "bits_per_parameter_largest"
        case kktResidual = "kkt_residual"
        case dualityGapRelative = "duality_gap_relative"
        case bandwidthHertz = "bandwidth_hz"
        case smallestBandwidthHertz = "bandwidth_smallest_hz"
        case energyModel = "energy_model"
        case operatingSchedule = "operating_schedule"
        case energyIdleJoules = "energy_idle_j"
        case timeDownloadSeconds = "time_download_s"
        case energyDownloadJoules = "energy_download_j"
        case flopsPerJoule = "flops_per_joule"
        case iterations

        /// Columns of a CSV file; two only of a shared band.
        static func columns(sharedBand: Bool) -> [Field] {
            allCases.filter { $0 != .iterations && (sharedBand || ($0 != .bandwidthHertz && $0 != .smallestBandwidthHertz)) }
        }
    }

    /// The value of a numeric field; nil where it does not apply.
    func number(_ field: Field) -> Double? {
        switch field {
        case .theta: plan?.theta
        case .pi: plan?.pi
        case .frequencyHertz: plan?.frequencyHertz
        case .powerWatts: plan?.powerWatts
        case .timeComputeSeconds: plan?.timeComputeSeconds
        case .timeCommunicationSeconds: plan?.timeCommunicationSeconds
        case .energyComputeJoules: plan?.energyComputeJoules
        case .energyCommunicationJoules: plan?.energyCommunicationJoules
        case .energyTotalJoules: plan?.energyTotalJoules
        case .energyEvenSplitJoules: energyEvenSplitJoules
        case .smallestTimeBudgetSeconds: waysOut.timeBudgetSeconds
        case .largestPayloadBits: waysOut.payloadBits
        case .largestBitsPerParameter: waysOut.bitsPerParameter
        case .kktResidual: certificate?.kktResidual
        case .dualityGapRelative: certificate?.dualityGapRelative
        case .bandwidthHertz: bandwidthHertz
        case .smallestBandwidthHertz: waysOut.bandwidthHertz
        case .energyIdleJoules: energyIdleJoules
        case .timeDownloadSeconds: download?.seconds
        case .energyDownloadJoules: download?.joules
        case .flopsPerJoule: flopsPerJoule
        case .id, .feasible, .reason, .energyModel, .operatingSchedule, .iterations: nil
        }
    }
}
