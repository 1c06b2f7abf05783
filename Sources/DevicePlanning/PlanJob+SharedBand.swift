import Energy

extension PlanJob {
    /// Plans all devices on one band.
    func planShared(
        _ hertz: Double, _ reader: inout DeviceReader, write: (borrowing [UInt8]) throws -> Void, report: (String) -> Void
    ) throws {
        var unusable = UnusableDevices(path: reader.path)
        var devices: [PlannedDevice] = []
        while let record = try reader.next() {
            switch record {
            case .failure(let error): unusable.add(error)
            case .success(let device): devices.append(device)
            }
        }
        try unusable.settle(devices: reader.count, skip: options.skipInvalid, report: report)
        if let seconds = try timeBudgetSeconds(devices, band: hertz) {
            for index in devices.indices { devices[index] = try devices[index].with(timeBudgetSeconds: seconds) }
        }
        let plan = try SharedBand(devices.map(\.problem), totalBandwidthHertz: hertz).solve(threads: options.threads)
        var output = PlanOutput(format: options.format, sharedBand: true)
        var start = 0
        while start < devices.count {
            let range = start..<min(devices.count, start + Self.block)
            let entries = parallelFlatMap(range.count, threads: options.threads) { [devices] part in
                part.map { offset in
                    let index = range.lowerBound + offset
                    return PlanEntry(devices[index], on: plan[index], shortage: plan.shortage)
                }
            }
            try output.add(entries, threads: options.threads, write: write)
            start = range.upperBound
        }
        try output.finish(SharedPlanSummary(plan, devices: devices, totalBandwidthHertz: hertz), write: write)
    }

    private func timeBudgetSeconds(_ devices: [PlannedDevice], band: Double) throws -> Double? {
        switch options.timeBudget {
        case .asGiven: return nil
        case .seconds(let seconds): return seconds
        case .automatic:
            let problem = try SharedBand(devices.map(\.problem), totalBandwidthHertz: band)
            return problem.smallestTimeBudgetSeconds(threads: options.threads).map(
                DeviceEnergyProblem.automaticTimeBudgetSeconds(smallest:))
        }
    }
}
