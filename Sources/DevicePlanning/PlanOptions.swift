import Energy

extension PlanJob {
    /// What is planned, and how it is written.
    package struct Options: Sendable {
        package var solver = EnergySolver.fast
        package var equations = EnergyEquations.corrected
        package var timeBudget = PlanTimeBudget.asGiven
        /// The form of the processors' power, where devices have it.
        package var energyModel = EnergyModel.table
        /// The band that all devices share; nil where each has its own.
        package var totalBandwidthHertz: Double?
        package var inputFormat: DeviceFileFormat?
        package var format = PlanFormat.table
        /// Plans the devices that can be used instead of none where some cannot.
        package var skipInvalid = false
        package var threads = 1
        /// Prefix of a setting's name in messages: `--` where settings are flags.
        package var settingPrefix = ""

        package init() {}
    }

    /// `EnergySolver` by name.
    package enum Solver: String, Sendable, CaseIterable {
        case fast, algorithm1
    }

    /// An option that is outside its range, or does not go with another.
    package struct OptionError: Error, CustomStringConvertible {
        package let description: String
    }
}

extension PlanJob.Options {
    /// Chooses the solver; `tolerance` is algorithm1's, nil for its default.
    package mutating func choose(_ solver: PlanJob.Solver, tolerance: Double?) throws(PlanJob.OptionError) {
        switch (solver, tolerance) {
        case (.fast, nil): self.solver = .fast
        case (.fast, _?):
            throw PlanJob.OptionError(
                description: "\(settingPrefix)tolerance belongs to \(settingPrefix)solver algorithm1 (the fast solver is exact); "
                    + "add it, or leave \(settingPrefix)tolerance out")
        case (.algorithm1, let tolerance):
            do throws(EnergyInputError) {
                self.solver = .algorithm1(try Algorithm1(tolerance: tolerance ?? Algorithm1.defaultTolerance))
            } catch { throw PlanJob.OptionError(description: "\(settingPrefix)\(error)") }
        }
    }

    /// Throws the first option that is outside its range, or does not go with another.
    package func check() throws(PlanJob.OptionError) {
        if totalBandwidthHertz != nil, solver != .fast || equations == .printed {
            throw PlanJob.OptionError(
                description: "\(settingPrefix)total-bandwidth has a solver of its own for the corrected equations; "
                    + "leave \(settingPrefix)solver and \(settingPrefix)equations out")
        }
        try require("total-bandwidth", totalBandwidthHertz, in: 1...1e15)
        if case .seconds(let seconds) = timeBudget { try require("time-budget", seconds, in: 1e-9...1e12) }
    }

    private func require(_ name: String, _ value: Double?, in range: ClosedRange<Double>) throws(PlanJob.OptionError) {
        guard let value, !range.contains(value) else { return }
        let nearest = min(max(value, range.lowerBound), range.upperBound)
        throw PlanJob.OptionError(
            description: "\(settingPrefix)\(name) \(value) is outside \(range.lowerBound)...\(range.upperBound); "
                + "the nearest is \(nearest)")
    }
}
