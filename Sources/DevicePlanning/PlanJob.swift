import Energy
import Storage

/// `greendiff plan`: devices of a file in, plans out, block by block, so that a million devices need little memory.
///
/// The file is read twice: once to check every device (and to find the time budget that fits all), once to plan. Nothing is written
/// before the check has passed. A shared band is planned as a whole and holds all devices in memory.
package struct PlanJob: Sendable {
    let options: Options
    private let open: @Sendable () throws(FileError) -> DeviceReader

    /// - Parameter path: a file, or `-` for standard input.
    package init(path: String, options: Options) {
        self.options = options
        open = { () throws(FileError) in
            try DeviceReader(path: path, format: options.inputFormat, energyModel: options.energyModel)
        }
    }

    /// Of devices in memory, which messages call `devices`.
    package init(_ devices: [UInt8], options: Options) {
        self.options = options
        open = { () throws(FileError) in
            try DeviceReader(devices, name: "devices", format: options.inputFormat, energyModel: options.energyModel)
        }
    }

    /// Plans all devices.
    ///
    /// - Parameters:
    ///   - write: takes the output, piece by piece.
    ///   - report: takes one line about each device that is skipped, at most `UnusableDevices.mostShown`, and one about all of them; and
    ///     the same, at most `OddTables.mostShown`, of devices whose power tables are odd.
    ///   - progress: told how many of how many devices are planned, block by block.
    /// - Throws: `FileError`, `UnusableDevices`, `EnergyInputError` for an option, and what `write` throws.
    package func run(
        write: (borrowing [UInt8]) throws -> Void, report: (String) -> Void = { _ in },
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws {
        var reader = try open()
        if let hertz = options.totalBandwidthHertz {
            try planShared(hertz, &reader, write: write, report: report)
        } else {
            try planEach(&reader, write: write, report: report, progress: progress)
        }
    }

    /// Devices that are read, planned and written together.
    static let block = 16_384

    private func planEach(
        _ reader: inout DeviceReader, write: (borrowing [UInt8]) throws -> Void, report: (String) -> Void,
        progress: (_ done: Int, _ total: Int) -> Void
    ) throws {
        var slowest: Double?
        var usable = 0
        try check(&reader, report: report) { device in
            usable += 1
            guard options.timeBudget == .automatic else { return }
            slowest = max(slowest ?? 0, device.problem.smallestTimeBudgetSeconds)
        }
        let seconds = timeBudgetSeconds(smallest: slowest)
        progress(0, usable)
        var output = PlanOutput(format: options.format, sharedBand: false)
        try reader.rewind()
        var devices: [PlannedDevice] = []
        var isMore = true
        while isMore {
            devices.removeAll(keepingCapacity: true)
            while devices.count < Self.block {
                guard let record = try reader.next() else {
                    isMore = false
                    break
                }
                guard case .success(let device) = record else { continue }
                devices.append(try device.with(timeBudgetSeconds: seconds))
            }
            let entries = parallelFlatMap(devices.count, threads: options.threads) { [devices] part in plan(devices[part]) }
            try output.add(entries, threads: options.threads, write: write)
            progress(output.count, usable)
        }
        try output.finish(nil, write: write)
    }

    /// Reads all devices, of which there must be one: those that can be used go to `take`, the others are refused, or told where they are
    /// to be skipped.
    func check(_ reader: inout DeviceReader, report: (String) -> Void, take: (PlannedDevice) -> Void) throws {
        var unusable = UnusableDevices(path: reader.path, settingPrefix: options.settingPrefix)
        reader.oddTables = OddTables()
        while let record = try reader.next() {
            switch record {
            case .failure(let error): unusable.add(error)
            case .success(let device): take(device)
            }
        }
        guard reader.count > 0 else { throw reader.holdsNone }
        try unusable.settle(devices: reader.count, skip: options.skipInvalid, report: report)
        for line in reader.oddTables?.lines(path: reader.path) ?? [] { report(line) }
        reader.oddTables = nil
    }

    /// The time budget for all devices, of which `smallest` is the least for automatic ones; nil where each keeps its own.
    func timeBudgetSeconds(smallest: @autoclosure () throws -> Double?) rethrows -> Double? {
        switch options.timeBudget {
        case .asGiven: nil
        case .seconds(let seconds): seconds
        case .automatic: try smallest().map(DeviceEnergyProblem.automaticTimeBudgetSeconds(smallest:))
        }
    }

    private func plan(_ devices: ArraySlice<PlannedDevice>) -> [PlanEntry] {
        switch options.solver {
        case .algorithm1(let algorithm):
            return devices.map { device in
                let result = algorithm.solve(device.problem, equations: options.equations)
                return PlanEntry(device, outcome: result.outcome, iterations: result.iterations)
            }
        case .fast:
            let plans = EnergyBatch(devices.lazy.map(\.problem)).solve(equations: options.equations)
            return devices.enumerated().map { index, device in
                // The reason of an infeasible device comes from the solver of single ones.
                let outcome =
                    plans[index].map(EnergyOutcome.feasible)
                    ?? EnergySolver.fast.solve(device.problem, equations: options.equations)
                return PlanEntry(device, outcome: outcome, iterations: nil)
            }
        }
    }
}
