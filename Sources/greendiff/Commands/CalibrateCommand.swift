import ArgumentParser
import Calibration
import GreenDiffusion
import Kernels
import Model

extension Precision: ExpressibleByArgument {}

/// `greendiff calibrate`: what training costs this machine.
struct CalibrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract: "Measure FLOPs a cycle, cycles a sample and, where it can be, the energy coefficient of this machine.",
        discussion: """
            Runs real training steps and reads wall time, CPU time, the FLOPs that the kernels executed, the hardware's counter of cycles \
            (else CPU time times the clock that the system states, labelled estimated) and the processor's energy counters (RAPL). Each \
            figure says whether it is measured or estimated, in JSON as "source". Leave the machine idle otherwise.

            EXAMPLES:
              greendiff calibrate
              greendiff calibrate --preset small --preset ddpm-cifar10 --batch-size 1,8,16 --json
              greendiff calibrate --precision float32 --precision bfloat16 --out this-machine.json
              greendiff calibrate --power-csv meter.csv --steps 50 --out this-machine.json
              greendiff calibrate --out this-machine.json && greendiff train --devices this-machine.json --rounds 2
            """)

    @Option(
        help: ArgumentHelp("Model: tiny, small or ddpm-cifar10; may be given more than once (default: small).", valueName: "name")
    )
    var preset: [UNetConfiguration.Preset] = []

    @Option(help: ArgumentHelp("Images a step: one number, or several separated by commas.", valueName: "n,..."))
    var batchSize = "16"

    @Option(
        help: ArgumentHelp(
            "Precision: float32 or bfloat16; may be given more than once, energy is of the first (default: float32, and bfloat16 where the CPU "
                + "has an instruction for it).", valueName: "name"))
    var precision: [Precision] = []

    @Option(help: ArgumentHelp("Timed steps of each model and batch size, after one that is not.", valueName: "n"))
    var steps = 5

    @Flag(help: "Fit tau at several clocks: lowers the CPU's limit (scaling_max_freq, needs root) and puts it back.")
    var sweep = false

    @Option(help: ArgumentHelp("Folder of the processor's energy counters.", valueName: "dir"))
    var powercap = "/sys/class/powercap"

    @Option(
        help: ArgumentHelp(
            "File that an external meter is writing, in place of the energy counters: columns time (seconds since 1970, or ISO 8601) and watts.",
            valueName: "file"))
    var powerCsv: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Seconds to add to the meter's times, where its clock is another.", valueName: "seconds"))
    var powerOffset = 0.0

    @Option(
        help: ArgumentHelp("Seconds without work, for the idle power (default: 2; 10 with --power-csv).", valueName: "seconds"))
    var idleSeconds: Double?

    @Option(help: ArgumentHelp("Also write this machine as a device file, for train --devices.", valueName: "file"))
    var out: String?

    @Flag(help: "Print the result as JSON.")
    var json = false

    @OptionGroup var threadOptions: ThreadOptions

    private var batchSizes: [Int?] { batchSize.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) } }

    func validate() throws {
        guard batchSizes.allSatisfy({ $0 != nil }) else {
            throw ValidationError("--batch-size \(batchSize) is no list of whole numbers; use --batch-size 16, or 1,8,16")
        }
        for size in batchSizes { try require("--batch-size", size, in: 1...4096) }
        try require("--steps", steps, in: 1...100_000)
        if let out, ["csv", "ndjson", "jsonl"].contains(where: { out.lowercased().hasSuffix(".\($0)") }) {
            throw ValidationError("--out \(out): the device is written as JSON; give a name that ends in .json")
        }
        try require("--idle-seconds", idleSeconds, in: 0.1...3600)
        if sweep, !ProcessorFrequency().isAdjustable {
            throw ValidationError(
                "--sweep needs CPU clocks that this process may limit (/sys/devices/system/cpu/cpu*/cpufreq/scaling_max_freq); "
                    + "run as root on a machine with a cpufreq driver, or leave it out")
        }
    }

    func run() throws {
        let calibrator = Calibrator(
            presets: preset.isEmpty ? [.small] : preset, batchSizes: batchSizes.compactMap { $0 }, threads: threadOptions.threads,
            steps: steps, precisions: precision.isEmpty ? nil : precision, sweepsFrequencies: sweep, powercap: powercap,
            powerLog: powerCsv.map { PowerLogFile(path: $0, offsetSeconds: powerOffset) },
            idleSeconds: idleSeconds ?? (powerCsv == nil ? 2 : 10))
        if let powerCsv { _ = try PowerLog(path: powerCsv) }
        // Ctrl-C must not leave the CPU slowed down.
        let interruption = sweep ? InterruptionFlag { StandardConsole.error.line("putting the CPU's limits back") } : nil
        let calibration = try calibrator.calibrate { interruption?.isRaised ?? false }
        if let out { try calibration.writeDevice(to: out) }
        try show(calibration, json: json)
    }
}
