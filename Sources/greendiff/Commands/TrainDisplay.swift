import Calibration
import Energy
import Foundation
import GreenDiffusion
import Kernels
import Records
import Report

/// What `train` shows: what is about to run, how far it is, and what came of it.
struct TrainDisplay {
    private var line: ProgressLine
    private let console: any ConsoleWriter

    init(run: FederatedRun, console: any ConsoleWriter) {
        line = ProgressLine(unit: "round", total: run.configuration.rounds, first: run.completedRounds, console: console)
        self.console = console
    }

    /// The first line: what computes, measured now.
    static func showMachine(threads: Int, console: any ConsoleWriter) {
        console.paragraph(
            Banner.machine(
                threads: threads, vectorName: InstructionSet.selectedName, ceilings: MachineCeilings.measure(threads: threads)))
    }

    /// What measures, and what it takes for idle.
    static func show(_ meter: RunMeter, console: any ConsoleWriter) {
        console.paragraph(labelledLine("meter", "idle \(Quantity.power(meter.idleWatts)), \(meter.idleSource)"))
    }

    /// The lines before the first round.
    static func begin(_ run: FederatedRun, console: any ConsoleWriter) {
        for line in run.overview.lines { console.paragraph(line) }
        console.paragraph(labelledLine("run", "\(run.path), rounds \(run.completedRounds + 1) to \(run.configuration.rounds)"))
        console.line()
    }

    mutating func show(_ progress: RunProgress) {
        let fields = fields(progress)
        if progress.isRoundEnd {
            line.finishStep(progress.completedRounds, fields: fields)
            let notices =
                progress.notices.map(Self.meterLine)
                + (progress.emptyRound.map { ["  no update: \($0.problem); \(ErrorText.wayOut($0))"] } ?? [])
            if !notices.isEmpty { line.close() }
            for notice in notices { console.line(notice) }
        } else {
            line.update(completed: progress.completedRounds, fraction: progress.fraction, fields: fields)
        }
    }

    /// The last round's loss, upload and energy beside the rate of images.
    private func fields(_ progress: RunProgress) -> [ProgressLine.Field] {
        if let share = progress.evaluation { return [.init("evaluating, \(Int(100 * share)) % drawn")] }
        let rate = "\(Quantity.significant(progress.imagesPerSecond)) img/s"
        guard let last = progress.last else { return [.init(rate)] }
        let loss = last.loss.map { "loss " + String(format: "%.4f", $0) } ?? "no update"
        let heldOut = progress.isRoundEnd ? last.lossHeldOut.map { "held out " + String(format: "%.4f", $0) } : nil
        let distance = progress.isRoundEnd ? last.distances?.shortText : nil
        return [
            .init(loss, importance: 3), distance.map { .init($0, importance: 2) }, heldOut.map { .init($0, importance: 2) },
            .init(rate, importance: 1),
            .init("upload \(Quantity.bytes(last.uploadBytes))", importance: 0),
            .init("energy \(Quantity.energy(last.energyTotalJoules))", importance: 4),
        ].compactMap { $0 }
    }

    private static func meterLine(_ notice: String) -> String { "  meter: \(notice)" }

    /// Ends the line of progress, and says what the meter found when the run had ended.
    func close(_ meter: RunMeter?) {
        line.close()
        for notice in meter?.takeNotices() ?? [] { console.line(Self.meterLine(notice)) }
    }

    /// The lines after the last round: the comparison where there is one, and where everything is.
    static func end(_ run: FederatedRun, console: any ConsoleWriter) throws {
        console.line()
        let summary = try run.summary()
        if !summary.schemes.isEmpty { console.line("\(SchemeTable.text(summary.schemes))\n") }
        if let coverage = SchemeTable.coverage(summary.schemes) { console.line(labelledLine("table", coverage)) }
        if let ledger = summary.ledgerText { console.line(labelledLine("energy", ledger)) }
        if let measured = MeasuredRounds(try run.files.rounds()) { console.line(labelledLine("measured", measured.text)) }
        if let phases = summary.phasesText { console.line(labelledLine("phases", phases)) }
        if let warning = plausibilityText(summary) { console.line(labelledLine("warning", warning)) }
        if let distances = try run.lastDistances { console.line(labelledLine("distance", distances.text)) }
        if let grid = run.newestSamplePath { console.line(labelledLine("images", grid)) }
        console.line(labelledLine("report", run.files.reportPath))
        console.line(labelledLine("model", run.files.modelFolder))
        console.line(labelledLine("again", "greendiff train --config \(run.files.configurationPath)"))
        if run.configuration.decay == .constant {
            console.line(labelledLine("longer", "greendiff train --resume \(run.path) --rounds \(2 * run.configuration.rounds)"))
        }
    }

    /// A warning where plans imply what no processor does.
    private static func plausibilityText(_ summary: RunSummary) -> String? {
        guard let count = summary.devicesImplausible, count > 0 else { return nil }
        return
            "up to \(count) devices of a round are planned with more than \(Quantity.flops(ComputeModel.plausibleFLOPsPerJoule)) for a "
            + "joule: that is the law's word, tau f³; profiles with power tables have real energies "
            + "(docs/devices.md)"
    }
}
