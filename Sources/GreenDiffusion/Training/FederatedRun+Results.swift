import Foundation
import Model
import Records
import Storage

extension FederatedRun {
    /// Writes what a finished or interrupted run shows: the averaged model, the summary and the report.
    func writeResults() throws {
        try Folder.replace(files.modelFolder) { try averagedModel.write(to: $0) }
        try writeReport()
    }

    /// Writes the summary, the emissions and the report of the rounds so far.
    func writeReport() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.write([UInt8](try encoder.encode(try summary())), to: files.summaryPath)
        try AtomicFile.write(try emissions().text, to: files.emissionsPath)
        try AtomicFile.write(try RunPage.html(runs: [path]), to: files.reportPath)
    }

    /// What the rounds so far cost and gave.
    public func summary() throws -> RunSummary {
        try RunSummary(
            version: greenDiffusionVersion, rounds: files.rounds(), schemes: files.schemes(),
            timeBudgetSeconds: server.state.timeBudgetSeconds, images: components.images.training.files,
            serverPower: configuration.serverPower, gridIntensity: configuration.gridIntensity)
    }

    /// The last measured distances of drawn images; nil where there are none.
    public var lastDistances: ImageDistances? { get throws { try files.rounds().compactMap(\.distances).last } }

    /// The newest sample grid, where there is one.
    public var newestSamplePath: String? { files.sampleNumbers().last.map { files.samplePath($0) } }
}
