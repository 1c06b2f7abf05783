import ArgumentParser
import Calibration

/// The external meter that measures a run's training; it belongs to one call of the command, not to the run.
struct MeterOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "File that an external meter is writing: columns time (seconds since 1970, or ISO 8601) and watts; measures each round's training.",
            valueName: "file"))
    var powerCsv: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Seconds to add to the meter's times, where its clock is another (default: 0).", valueName: "seconds"))
    var powerOffset: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Power without the run, which is subtracted (default: the mean of the 30 s before it, at least 5 s).",
            valueName: "watts"))
    var powerIdle: Double?

    /// How long the end of a run waits for the meter's last samples.
    private static let patienceSeconds = 5.0

    func validate() throws {
        try require("--power-idle", powerIdle, in: 0...1e5)
        guard powerCsv == nil else { return }
        if let flag = [("--power-offset", powerOffset), ("--power-idle", powerIdle)].first(where: { $0.1 != nil })?.0 {
            throw ValidationError("\(flag) goes with --power-csv FILE")
        }
    }

    /// Begins to measure; nil without a meter. Call it before there is work to do.
    func meter() throws -> RunMeter? {
        guard let powerCsv else { return nil }
        return try RunMeter(
            PowerLogFile(path: powerCsv, offsetSeconds: powerOffset ?? 0, patienceSeconds: Self.patienceSeconds),
            idleWatts: powerIdle)
    }
}
