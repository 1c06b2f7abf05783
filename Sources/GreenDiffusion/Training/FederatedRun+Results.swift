import FedRuntime
import Foundation
import Model

extension FederatedRun {
    /// Writes what a finished or interrupted run shows: the averaged model and the summary.
    func writeResults() throws {
        try AtomicFiles.replaceDirectory(directory.modelFolder) { try averagedModel.write(to: $0) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try AtomicFiles.write(try encoder.encode(try summary()), to: directory.summaryPath)
    }

    /// What the rounds so far cost and gave.
    public func summary() throws -> RunSummary {
        try RunSummary(
            rounds: directory.roundsFile.read(RoundRecord.self), schemes: schemeTable(),
            timeBudgetSeconds: server.state.timeBudgetSeconds)
    }

    /// What an average round cost under each scheme.
    public func schemeTable() throws -> SchemeTable { SchemeTable(try directory.schemesFile.read(SchemeRecord.self)) }

    /// The newest sample grid, where there is one.
    public var newestSamplePath: String? { directory.sampledRounds().last.map { directory.samplePath(round: $0) } }
}
