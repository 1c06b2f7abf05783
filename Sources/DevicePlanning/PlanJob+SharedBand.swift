import Energy

extension PlanJob {
    /// Plans all devices on one band.
    func planShared(
        _ hertz: Double, _ reader: inout DeviceReader, write: (borrowing [UInt8]) throws -> Void, report: (String) -> Void
    ) throws {
        var devices: [PlannedDevice] = []
        try check(&reader, report: report) { devices.append($0) }
        let smallest = { [devices] in
            try SharedBand(devices.map(\.problem), totalBandwidthHertz: hertz)
                .smallestTimeBudgetSeconds(threads: options.threads)
        }
        if let seconds = try timeBudgetSeconds(smallest: smallest()) {
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
        let summary = SharedPlanSummary(
            plan: plan, devices: devices, totalBandwidthHertz: hertz, settingPrefix: options.settingPrefix)
        try output.finish(summary, write: write)
    }
}
