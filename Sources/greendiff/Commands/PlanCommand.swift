import ArgumentParser
import DevicePlanning
import Energy
import GreenDiffusion

/// `greendiff plan`: the energy plan of every device of a file, without training.
struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Choose CPU frequency and transmit power of each device for the least energy.",
        discussion: """
            The file holds one device an object (JSON array, or one object a line) or a line (CSV with field names in its first \
            line). Fields that are missing are the paper's device: \(DeviceField.paperDevice) \
            (payload_bits replaces the product of parameter_count and bits_per_parameter). \
            A device that cannot meet its time budget is reported with the reason and the way out; that is a result, not an error. \
            Every plan comes with a certificate: its KKT residual and its duality gap, computed from the plan alone.

            With --total-bandwidth the devices share that band: bandwidth, frequency and power of all are chosen together for the least \
            total energy, and bandwidth_hz is ignored.

            A file is read twice, first to check every device: nothing is planned where one cannot be used, unless --skip-invalid. \
            Standard input is copied to a temporary file for that.

            EXAMPLES:
              greendiff plan --devices devices.json
              greendiff plan --devices devices.json --time-budget auto --format json
              greendiff plan --devices devices.json --solver algorithm1 --tolerance 1e-3
              greendiff plan --devices devices.json --total-bandwidth 5e7
              generate | greendiff plan --devices - --input-format ndjson --format ndjson --skip-invalid
            """)

    @Option(help: ArgumentHelp("File with the devices, or - for standard input.", valueName: "file"))
    var devices: String

    @Option(
        help: ArgumentHelp(
            "How the devices are written (default: by the extension json, ndjson, jsonl or csv, else by the first byte).",
            valueName: "json|ndjson|csv"))
    var inputFormat: DeviceFileFormat?

    @Flag(help: "Report devices that cannot be used on standard error and plan the others.")
    var skipInvalid = false

    @Option(help: ArgumentHelp("Band that all devices share, Hz (default: each has its own bandwidth_hz).", valueName: "hz"))
    var totalBandwidth: Double?

    @Option(help: "Newton's method to rounding, or the paper's nested bisection.")
    var solver = PlanJob.Solver.fast

    @Option(
        help: ArgumentHelp(
            "Relative energy at which algorithm1 stops; theta and pi to 1000 times as much (default: 1e-6).", valueName: "number")
    )
    var tolerance: Double?

    @Option(help: "Minimise the corrected energy, or the paper's equation 13 as printed (its true energy is reported).")
    var equations = EnergyEquations.corrected

    @Option(
        help: ArgumentHelp(
            "Seconds for all devices, or auto: 1.5 times what the slowest one needs.",
            valueName: "seconds|auto"))
    var timeBudget: PlanTimeBudget = .asGiven

    @Option(
        help: ArgumentHelp(
            "What processors draw: table (operating_points where a device has them), smooth (a + b f + tau f³, fitted where a device has a "
                + "table alone), or paper (tau f³).", valueName: "table|smooth|paper"))
    var energyModel = EnergyModel.table

    @Option(help: "Output for people, as one document, for spreadsheets, or as one object a line.")
    var format = PlanFormat.table

    @OptionGroup var threadOptions: ThreadOptions

    func validate() throws {
        do { _ = try options() } catch let error as PlanJob.OptionError { throw ValidationError(error.description) }
    }

    private func options() throws -> PlanJob.Options {
        var options = PlanJob.Options()
        options.settingPrefix = "--"
        try options.choose(solver, tolerance: tolerance)
        options.equations = equations
        options.timeBudget = timeBudget
        options.energyModel = energyModel
        options.totalBandwidthHertz = totalBandwidth
        options.inputFormat = inputFormat
        options.format = format
        options.skipInvalid = skipInvalid
        options.threads = threadOptions.threads
        try options.check()
        return options
    }

    func run() throws {
        StandardOutput.noticeReaderLeaving()
        // In a pipe only a table's reader is a person.
        let showsProgress = StandardConsole.error.isTerminal || format == .table
        var line: RateProgress?
        defer { line?.close() }
        do {
            try PlanJob(path: devices, options: options()).run(
                write: { try StandardOutput.write($0) },
                report: { StandardConsole.error.line("greendiff: \($0.printableLine())") },
                progress: { done, total in
                    // Fewer are planned before a line could be read.
                    guard showsProgress, total >= 100_000 else { return }
                    if line == nil { line = RateProgress(unit: "device", total: total, console: StandardConsole.error) }
                    line?.show(done: Double(done))
                })
        } catch let unusable as UnusableDevices {
            for line in unusable.lines { StandardConsole.error.line("greendiff: \(line.printableLine())") }
            throw unusable
        } catch is StandardOutput.Closed {
            // Whoever read the output has seen enough.
        }
    }
}

extension PlanJob.Solver: ExpressibleByArgument {}
extension EnergyEquations: ExpressibleByArgument {}
extension EnergyModel: ExpressibleByArgument {}
extension PlanFormat: ExpressibleByArgument {}
extension DeviceFileFormat: ExpressibleByArgument {}

extension PlanTimeBudget: ExpressibleByArgument {
    package init?(argument: String) {
        if argument == "auto" {
            self = .automatic
        } else if let seconds = Double(argument) {
            self = .seconds(seconds)
        } else {
            return nil
        }
    }

    package var defaultValueDescription: String { "each device's own" }
}
