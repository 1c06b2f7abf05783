import FedRuntime
import Foundation
import Kernels
import Records
import Report
import Storage

/// `report.html`: what one run, or several side by side, drew, cost and did. A pure function of the run directories.
public enum RunPage {
    /// The page of the runs in these folders.
    ///
    /// - Throws: `RunDirectoryError.notARun`, `.damagedLine`; `FileError`.
    public static func html(runs paths: [String]) throws -> String {
        ReportPage.html(
            for: try paths.map { path in
                let files = RunFiles(path: path, kind: RunKind(at: path) ?? .federated)
                guard files.holdsRun else { throw RunDirectoryError.notARun(path: path, kind: files.kind) }
                return try input(files)
            })
    }

    /// What a page shows of a run.
    static func input(_ files: RunFiles) throws -> ReportInput {
        switch files.kind {
        case .federated: return try federatedPage(files)
        case .pretraining: return try pretrainingPage(files)
        }
    }

    private static func federatedPage(_ files: RunFiles) throws -> ReportInput {
        var configuration = RunConfiguration()
        try configuration.override(fromYAMLFile: files.configurationPath)
        let (rounds, devices) = (try files.rounds(), try files.devices())
        return ReportInput(
            title: title(files), subtitle: subtitle(configuration, rounds: rounds) + emptyRounds(rounds, devices),
            samples: try samples(files),
            schemeName: configuration.federationScheme.name, schemes: SchemeAverage.averages(try files.schemes()),
            rounds: rounds, devices: devices,
            configuration: try String(contentsOfFile: files.configurationPath, encoding: .utf8),
            environment: environment(seed: configuration.seed, wallSeconds: rounds.reduce(0) { $0 + $1.wallSeconds })
                + [ReportField("energy model", EnergyModelText.names(rounds.energyModels ?? ["not recorded"]))]
                + imageFields(files))
    }

    /// What became of the files of the data set, where the run has a summary and did not draw its images.
    private static func imageFields(_ files: RunFiles) -> [ReportField] {
        guard let bytes = try? readFile(files.summaryPath),
            let summary = try? JSONDecoder().decode(RunSummary.self, from: Data(bytes)), let images = summary.images
        else { return [] }
        return [ReportField("image files", images.text)]
    }

    private static func pretrainingPage(_ files: RunFiles) throws -> ReportInput {
        let settings = try PretrainingSettings(files)
        let records = try files.progress()
        let origin = settings.initialCheckpoint ?? settings.preset.rawValue
        var input = ReportInput(
            title: title(files),
            subtitle: "\(origin) on \(settings.data), \(records.last?.step ?? 0) of \(settings.steps) steps, one machine",
            samples: try samples(files), steps: records,
            configuration: try String(contentsOfFile: files.settingsPath, encoding: .utf8),
            environment: environment(
                seed: settings.seed, wallSeconds: records.reduce(0) { $0 + ($1.wallSeconds ?? 0) }))
        input.batchSize = settings.batchSize
        return input
    }

    private static func title(_ files: RunFiles) -> String {
        URL(fileURLWithPath: files.path).standardizedFileURL.lastPathComponent
    }

    /// How many rounds changed nothing and why the last of them did; empty where all did.
    private static func emptyRounds(_ rounds: [RoundRecord], _ devices: [DeviceRecord]) -> String {
        let empty = rounds.filter { $0.devicesAccepted == 0 }
        guard let last = empty.last else { return "" }
        let cause = EmptyRound(devices.filter { $0.round == last.round })?.problem
        let outcome =
            empty.count == rounds.count
            ? "Nothing was learned: no round accepted an update" : "\(empty.count) of \(rounds.count) rounds accepted no update"
        return ". \(outcome)" + (cause.map { "; in round \(last.round) \($0)" } ?? "")
    }

    private static func subtitle(_ configuration: RunConfiguration, rounds: [RoundRecord]) -> String {
        let devices = rounds.last.map { "\($0.devicesSelected) devices a round" } ?? "no round finished"
        return
            "\(configuration.initial?.text ?? configuration.preset?.rawValue ?? "small") on \(configuration.data.text), \(devices), "
            + "\(rounds.last?.round ?? 0) of \(configuration.rounds) rounds, \(configuration.federationScheme.name)"
    }

    /// Before, half-way, now.
    private static func samples(_ files: RunFiles) throws -> [SampleImage] {
        let numbers = files.sampleNumbers()
        guard let first = numbers.first, let last = numbers.last else { return [] }
        let middle = numbers.min { abs(2 * $0 - first - last) < abs(2 * $1 - first - last) } ?? first
        return try Set([first, middle, last]).sorted().map { try sample(files, $0) }
    }

    /// The grid of a round or step.
    static func sample(_ files: RunFiles, _ number: Int) throws(FileError) -> SampleImage {
        SampleImage(
            caption: number == 0 ? "before training" : "\(files.kind.unit) \(number)",
            png: try readFile(files.samplePath(number)))
    }

    private static func environment(seed: UInt64, wallSeconds: Double) -> [ReportField] {
        [
            ReportField("version", "GreenDiffusion \(greenDiffusionVersion)"), ReportField("seed", "\(seed)"),
            ReportField("processors", "\(Processors.available)"),
            ReportField("wall time", Quantity.duration(wallSeconds)),
        ]
    }
}
