import ArgumentParser
import CPUSupport
import Foundation

/// Benchmarks: one problem string a case; each case is verified against a reference, then timed.
@main
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Verify and time the kernels, the codec, the U-Net and the energy solver.",
        discussion: """
            EXAMPLES:
              bench list
              bench run quantize --threads 1,2
              bench run unet --json unet.json
              bench run conv3x3/fwd/n16ci64co64hw32
              bench profile ddpm-cifar10 --batch 16
            """,
        subcommands: [ListCommand.self, RunCommand.self, ProfileCommand.self, ShapesCommand.self, ServeCommand.self])

    /// Checks the CPU before any vector code runs.
    static func main() {
        if let missing = gd_cpu_missing_feature() {
            FileHandle.standardError.write(
                Data("bench: this CPU has no \(String(cString: missing)), which this build needs\n".utf8))
            Foundation.exit(1)
        }
        main(nil)
    }
}
