import ArgumentParser
import CPUSupport
import Foundation
import GreenDiffusion
import Kernels
import Report
import Storage

/// `greendiff train`: the main job.
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train or fine-tune a diffusion model across devices that keep their images.",
        discussion: """
            Writes a run directory: config.yaml, rounds.jsonl, devices.jsonl, schemes.jsonl, checkpoints/ (to resume from), model/ \
            (averaged weights, opens in diffusers), samples/, report.html and summary.json. Ctrl-C ends the run after the round in \
            progress; a resumed run ends at the weights of an uninterrupted one. A YAML file holds the same settings as the flags, \
            one `setting: value` a line; flags override it.

            EXAMPLES:
              greendiff train --init builtin:signs-small --data synthetic:night --rounds 30 --out runs/night
              greendiff train --data gtsrb:GTSRB/Final_Training/Images --preset small --devices 10 --rounds 100 --out runs/gtsrb
              greendiff train --config runs/night/config.yaml --scheme fixed --bits 8 --out runs/fixed
              greendiff train --resume runs/night --rounds 60
              greendiff train --devices this-machine.json --power-csv meter.csv --out runs/measured
            """)

    @Option(help: ArgumentHelp("YAML file with settings; flags override it.", valueName: "file"))
    var config: String?

    @Option(
        help: ArgumentHelp(
            "Folder of the new run (default: the first free of runs/run-001, runs/run-002, ...).", valueName: "dir"))
    var out: String?

    @Option(help: ArgumentHelp("Folder of a run to go on with; --rounds may ask for more.", valueName: "dir"))
    var resume: String?

    @Option(
        help: ArgumentHelp("With --resume: go back to that round's checkpoint and forget what came after it.", valueName: "n"))
    var fromRound: Int?

    @Flag(help: "Show the plan, expected time, energy, bytes, disk and memory; train nothing and write nothing.")
    var dryRun = false

    @OptionGroup var meterOptions: MeterOptions
    @OptionGroup var options: TrainOptions
    @OptionGroup var loggingOptions: LoggingOptions

    func validate() throws {
        if dryRun, meterOptions.powerCsv != nil {
            throw ValidationError("--dry-run trains nothing that a meter could measure; leave out --power-csv")
        }
        guard resume != nil else {
            if let fromRound { throw ValidationError("--from-round \(fromRound) goes with --resume RUN_DIR") }
            return try refuseCombinations()
        }
        if let other = [("--config", config), ("--out", out)].first(where: { $0.1 != nil })?.0 {
            throw ValidationError("--resume goes on in its own folder with its own settings; leave out \(other)")
        }
        if dryRun {
            throw ValidationError("--dry-run plans a new run; use it with --config RUN_DIR/config.yaml instead of --resume")
        }
    }

    /// Flags that do not go together, also with a file's settings, are wrong usage; what a file alone says is not.
    private func refuseCombinations() throws {
        guard !options.given.isEmpty else { return }
        let configuration = try configuration()
        do { _ = try configuration.resolved() } catch { throw ValidationError(ErrorText.line(error)) }
    }

    func run() throws {
        loggingOptions.start()
        let console = StandardConsole.output
        guard !dryRun else {
            let dry = try DryRun(configuration())
            console.line(dry.text)
            if let cause = dry.emptyRound { throw FederatedRunError.nothingPlanned(cause) }
            return
        }
        let meter = try meterOptions.meter()
        let interruption = TrainingJob.begin(finishing: "round")
        let run: FederatedRun
        if let resume {
            run = try FederatedRun.resume(resume, changing: options.given, fromRound: fromRound)
            TrainDisplay.showMachine(threads: run.threads, console: console)
        } else {
            let (configuration, path) = (try configuration(), out ?? Self.freeFolder())
            try FederatedRun.check(configuration, at: path)
            // Opening a large data set takes a while: this is the sign of life before it.
            TrainDisplay.showMachine(threads: configuration.threads ?? Processors.available, console: console)
            run = try FederatedRun.start(configuration, at: path)
        }
        for notice in run.notices { console.line(labelledLine("note", notice)) }
        if let meter { TrainDisplay.show(meter, console: console) }
        TrainDisplay.begin(run, console: console)
        var display = TrainDisplay(run: run, console: console)
        do {
            try run.train(measuredBy: meter, isInterrupted: { interruption.isRaised }) { display.show($0) }
        } catch {
            display.close(meter)
            throw TrainingJob.ended(with: error, by: interruption)
        }
        display.close(meter)
        try TrainDisplay.end(run, console: console)
    }

    private func configuration() throws -> RunConfiguration {
        var configuration = RunConfiguration()
        if let config { try configuration.override(fromYAMLFile: config) }
        try configuration.set(options.given)
        return configuration
    }

    private static func freeFolder() -> String {
        var number = 1
        func path() -> String { "runs/run-" + String(format: "%03d", number) }
        while FileManager.default.fileExists(atPath: path()) { number += 1 }
        return path()
    }
}
