import ArgumentParser
import Foundation
import Kernels
import Model

/// `bench profile`: where a training step's time goes.
struct ProfileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile", abstract: "Print the time of a preset's training step by operation and by layer shape.",
        discussion: """
            Effective GFLOP/s count textbook operations, executed ones what the kernels really compute, GB/s what must be read or written \
            once. A share of the copy rate above 100 % means that the data came from the caches. scripts/bench-docs draws the roofline \
            from --json.

            EXAMPLES:
              bench profile
              bench profile small --batch 16 --threads 1 --json profile.json
              bench profile small --precision bfloat16
            """)

    @Argument(help: ArgumentHelp("A model.", valueName: "preset"))
    var preset = UNetConfiguration.Preset.ddpmCIFAR10

    @Option(help: "What activations are kept in.")
    var precision = Precision.float32

    @Option(help: "Images a step.")
    var batch = 8

    @Option(help: "Threads (default: all processors).")
    var threads = Processors.available

    @Option(help: "Steps to run; the fastest counts.")
    var steps = 5

    @Option(help: ArgumentHelp("Also write everything to this JSON file.", valueName: "file"))
    var json: String?

    func validate() throws {
        for (name, value) in [("--batch", batch), ("--threads", threads), ("--steps", steps)] {
            guard (1...1024).contains(value) else { throw ValidationError("\(name) is \(value), allowed are 1 to 1024") }
        }
    }

    func run() throws {
        let machine = Machine.current()
        let recorded = try StepRecorder(
            preset: preset, batch: batch, threads: threads, precision: precision
        ).record(steps: steps)
        let profile = StepProfile(
            recorded, preset: preset.rawValue, precision: precision, batch: batch, threads: threads,
            ceilings: .measure(precision, threads: threads), machine: machine)
        if let json { try JSONFile.write(profile, to: json) }
        print(profile)
    }
}

extension Precision: ExpressibleByArgument {}
