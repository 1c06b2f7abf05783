import FedRuntime
import Foundation
import Records
import Report
import Storage

/// `report.html`: what one run, or several side by side, drew, cost and did. A pure function of the run directories.
public enum RunPage {
    /// The page of the runs in these folders.
    ///
    /// - Throws: `RunDirectoryError.notARun`, `.damagedLine`; `FileError`.
    public static func html(runs paths: [String]) throws -> String {
        ReportPage.html(for: try paths.map(page))
    }

    private static func page(of path: String) throws -> ReportInput {
        let files = RunFiles(path: path)
        guard files.holdsRun else { throw RunDirectoryError.notARun(path: path) }
        var configuration = RunConfiguration()
        try configuration.override(fromYAMLFile: files.configurationPath)
        let rounds = try files.roundsFile.read(RoundRecord.self)
        return ReportInput(
            title: URL(fileURLWithPath: path).lastPathComponent, subtitle: subtitle(configuration, rounds: rounds),
            samples: try samples(files), schemeName: configuration.federationScheme.name,
            schemes: SchemeAverage.averages(try files.schemesFile.read(SchemeRecord.self)), rounds: rounds,
            devices: try files.devicesFile.read(DeviceRecord.self),
            configuration: try String(contentsOfFile: files.configurationPath, encoding: .utf8),
            environment: environment(configuration, rounds: rounds) + imageFields(files))
    }

    /// What became of the files of the data set, where the run has a summary and did not draw its images.
    private static func imageFields(_ files: RunFiles) -> [ReportField] {
        guard let bytes = try? readFile(files.summaryPath),
            let summary = try? JSONDecoder().decode(RunSummary.self, from: Data(bytes)), let images = summary.images
        else { return [] }
        return [ReportField("image files", images.text)]
    }

    private static func subtitle(_ configuration: RunConfiguration, rounds: [RoundRecord]) -> String {
        let devices = rounds.last.map { "\($0.devicesSelected) devices a round" } ?? "no round finished"
        return
            "\(configuration.initial?.text ?? configuration.preset?.rawValue ?? "small") on \(configuration.data.text), \(devices), "
            + "\(rounds.last?.round ?? 0) of \(configuration.rounds) rounds, \(configuration.federationScheme.name)"
    }

    /// Before, half-way, now.
    private static func samples(_ files: RunFiles) throws -> [SampleImage] {
        let rounds = files.sampledRounds()
        guard let first = rounds.first, let last = rounds.last else { return [] }
        let middle = rounds.min { abs(2 * $0 - first - last) < abs(2 * $1 - first - last) } ?? first
        return try Set([first, middle, last]).sorted().map { round in
            let path = files.samplePath(round: round)
            do {
                let png = try Data(contentsOf: URL(fileURLWithPath: path))
                return SampleImage(caption: round == 0 ? "before training" : "round \(round)", png: Array(png))
            } catch { throw FileError.unreadable(path: path, reason: FileError.reason(error)) }
        }
    }

    private static func environment(_ configuration: RunConfiguration, rounds: [RoundRecord]) -> [ReportField] {
        [
            ReportField("version", "GreenDiffusion \(greenDiffusionVersion)"), ReportField("seed", "\(configuration.seed)"),
            ReportField("processors", "\(ProcessInfo.processInfo.activeProcessorCount)"),
            ReportField("wall time", Quantity.duration(rounds.reduce(0) { $0 + $1.wallSeconds })),
        ]
    }
}
