import ArgumentParser
import Energy
import GreenDiffusion

/// `greendiff plan`: the energy plan of every device of a file, without training.
struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Choose CPU frequency and transmit power of each device for the least energy.",
        discussion: """
            The file is a JSON array of devices. Fields that are missing are the paper's device: local_iterations 1, \
            samples_per_iteration 512, cycles_per_sample 3.25e6, energy_coefficient 1e-26, frequency_min_hz 1e7, frequency_max_hz 1e9, \
            power_min_w 1e-4, power_max_w 1, bandwidth_hz 5e7, channel_gain 1e-3, distance_m 45, path_loss_exponent 3.76, \
            noise_dbm_per_mhz -95, parameter_count 37000000, bits_per_parameter 8 (or payload_bits), time_budget_s 15. \
            A device that cannot meet its time budget is reported with the reason and the way out; that is a result, not an error.

            EXAMPLES:
              greendiff plan --devices devices.json
              greendiff plan --devices devices.json --time-budget auto --format json
              greendiff plan --devices devices.json --solver algorithm1 --tolerance 1e-3
            """)

    /// `EnergySolver` by name.
    enum Solver: String, CaseIterable, ExpressibleByArgument {
        case fast, algorithm1
    }

    @Option(help: ArgumentHelp("JSON file with the devices.", valueName: "file.json"))
    var devices: String

    @Option(help: "Newton's method to rounding, or the paper's nested bisection.")
    var solver = Solver.fast

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

    @Option(help: "Output for people, for programs, or for spreadsheets.")
    var format = PlanFormat.table

    func validate() throws {
        if tolerance != nil, solver == .fast {
            throw ValidationError(
                "--tolerance belongs to --solver algorithm1 (the fast solver is exact); add it, or leave --tolerance out")
        }
    }

    func run() throws {
        let found = try timeBudget.apply(to: DeviceFile.read(path: devices))
        print(try PlanDocument(devices: found, solver: energySolver(), equations: equations).text(format))
    }

    private func energySolver() throws -> EnergySolver {
        switch solver {
        case .fast: .fast
        case .algorithm1: .algorithm1(try tolerance.map { try Algorithm1(tolerance: $0) } ?? Algorithm1())
        }
    }
}

extension EnergyEquations: ExpressibleByArgument {}
extension PlanFormat: ExpressibleByArgument {}

extension PlanTimeBudget: ExpressibleByArgument {
    public init?(argument: String) {
        if argument == "auto" {
            self = .automatic
        } else if let seconds = Double(argument) {
            self = .seconds(seconds)
        } else {
            return nil
        }
    }

    public var defaultValueDescription: String { "each device's own" }
}
