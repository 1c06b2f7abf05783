import Foundation
import GreenDiffusion
import Report

/// What `pretrain` shows: a bar on a terminal, else a line every few seconds.
struct PretrainDisplay {
    private var line: ProgressLine
    private var lastLine = ProcessInfo.processInfo.systemUptime
    private let console: any ConsoleWriter

    private static let secondsBetweenLines = 10.0

    init(run: PretrainingRun, console: any ConsoleWriter) {
        line = ProgressLine(unit: "step", total: run.settings.steps, first: run.step, console: console)
        self.console = console
    }

    /// The lines before the first step.
    func begin(_ run: PretrainingRun) {
        let origin = run.settings.initialCheckpoint ?? run.settings.preset.rawValue
        console.line(labelledLine("model", "\(origin), \(Quantity.count(run.parameterCount)) parameters"))
        console.line(labelledLine("data", run.dataName))
        if let classes = run.classNames { console.line(labelledLine("classes", ClassLines.text(classes))) }
        for line in ImageLines.lines(files: run.imageFiles, treatment: run.imageTreatment) { console.line(line) }
        if let distances = run.distanceText { console.line(labelledLine("distance", distances)) }
        let steps =
            run.step < run.settings.steps
            ? "steps \(run.step + 1) to \(run.settings.steps) of \(run.settings.batchSize) images"
            : "all \(run.step) steps are done"
        console.line(labelledLine("run", "\(run.path), \(steps)"))
    }

    mutating func show(_ progress: PretrainingProgress) {
        guard progress.evaluation == nil else {
            let fields = [ProgressLine.Field("evaluating, \(Int(100 * (progress.evaluation ?? 0))) % drawn")]
            return line.update(completed: progress.step, fraction: 0, fields: fields)
        }
        let fields = [
            ProgressLine.Field("loss \(String(format: "%.4f", progress.loss))", importance: 1),
            ProgressLine.Field("\(Quantity.significant(progress.imagesPerSecond)) img/s"),
        ]
        let now = ProcessInfo.processInfo.systemUptime
        if console.isTerminal {
            line.update(completed: progress.step, fraction: 0, fields: fields)
        } else if now - lastLine >= Self.secondsBetweenLines || progress.step == progress.steps {
            lastLine = now
            line.finishStep(progress.step, fields: fields)
        }
    }

    func close() { line.close() }

    /// The lines after the last step: where everything is, and what to do next.
    func end(_ run: PretrainingRun) throws {
        close()
        if let distances = try run.lastDistances { console.line(labelledLine("distance", distances.text)) }
        console.line(labelledLine("report", run.files.reportPath))
        console.line(labelledLine("model", run.modelPath))
        console.line(labelledLine("images", "greendiff sample --checkpoint \(run.modelPath) --out \(run.path)/samples.png"))
        if run.settings.learningRate.decay == .constant {
            console.line(labelledLine("longer", "greendiff pretrain --resume \(run.path) --steps \(2 * run.settings.steps)"))
        }
    }
}
