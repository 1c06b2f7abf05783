import Foundation
import ImageFiles
import Report
import Storage

/// A page of one run, or of several side by side: their sample grids to go through, and what their newest models draw from one noise.
public struct RunReport: Sendable {
    private let runs: [RunFiles]

    /// Grids of a run on the page.
    private static let mostGrids = 16
    /// Grids on the page, so that it can be sent to somebody; at least two a run.
    private static let mostGridsInAll = 96

    /// Finds the runs, of federated training or pretraining.
    ///
    /// - Throws: for a path that is no run's, or names a run for the second time.
    public init(_ paths: [String]) throws(ConfigurationError) {
        var seen: Set<String> = []
        var runs: [RunFiles] = []
        for path in paths.map(expandingHome) {
            let files = RunKind(at: path).map { RunFiles(path: path, kind: $0) }
            guard let files, files.holdsRun else { throw Self.notARun(path) }
            guard seen.insert(URL(fileURLWithPath: path).resolvingSymlinksInPath().path).inserted else {
                throw ConfigurationError("run", path, "is named twice", wayOut: "name each run once")
            }
            runs.append(files)
        }
        self.runs = runs
    }

    /// Runs that have a model by now, and so draw.
    public var modelCount: Int { drawable.count }

    /// All files of the runs but their reports: nothing that a page may replace.
    package var files: [String] {
        runs.flatMap { run in
            let names = FileManager.default.enumerator(atPath: run.path)?.compactMap { $0 as? String } ?? []
            return names.map { "\(run.path)/\($0)" }.filter { $0 != run.reportPath && !Folder.exists($0) }
        }
    }

    /// The page.
    ///
    /// - Parameters:
    ///   - drawing: how newest models draw, all images of a model together; nil draws nothing.
    ///   - progress: called with the images that are drawn, with fractions.
    /// - Throws: `FileError` for records that are none; what loading a model throws.
    public func html(drawing: ImageDrawing?, progress: (Double) -> Void) throws -> String {
        let limit = max(2, min(Self.mostGrids, Self.mostGridsInAll / max(runs.count, 1)))
        let stops = Dictionary(
            uniqueKeysWithValues: RunKind.allCases.map { kind in
                let numbers = Set(runs.filter { $0.kind == kind }.flatMap { $0.sampleNumbers() })
                return (kind, numbers.sorted().spread(over: limit))
            })
        var inputs = try runs.map { try RunPage.input($0) }
        let (titles, drawable) = (inputs.map(\.title), drawable)
        var drawn = 0.0
        for (index, run) in runs.enumerated() {
            if titles.count(where: { $0 == titles[index] }) > 1 { inputs[index].title = run.path }
            let numbers = run.sampleNumbers()
            inputs[index].timeline = try Self.timeline(run, numbers, stops: stops[run.kind] ?? [])
            inputs[index].gridCount = numbers.count
            inputs[index].samples = []
            if let drawing, drawable.contains(run.path) {
                inputs[index].drawing = try Self.draw(run, drawing) { progress(drawn + $0) }
                drawn += Double(drawing.count)
            }
        }
        return ReportPage.html(for: inputs)
    }

    /// Runs that have a model, or a checkpoint.
    private var drawable: Set<String> {
        Set(runs.map(\.path).filter { ModelSource.checkpoint(folder: $0).hasModel })
    }

    /// What is newest at each stop.
    private static func timeline(_ run: RunFiles, _ numbers: [Int], stops: [Int]) throws -> [TimedImage] {
        let shown = Set(stops.compactMap { stop in numbers.last { $0 <= stop } })
        return try shown.sorted().map { TimedImage(number: $0, image: try RunPage.sample(run, $0)) }
    }

    private static func draw(_ run: RunFiles, _ drawing: ImageDrawing, progress: (Double) -> Void) throws -> NoiseDrawing {
        let drawn = try NoiseToImages(.checkpoint(folder: run.path), drawing, progress: progress)
        let steps = "\(drawn.steps) steps"
        return NoiseDrawing(
            grid: SampleImage(
                caption: "\(drawing.method.rawValue), \(steps), seed \(drawing.seed)", png: try PNGCoder.encode(drawn.grid)),
            film: SampleImage(caption: steps, png: try PNGCoder.encode(drawn.film)))
    }

    /// The error of a path that is no run's, with the run that was probably meant: the one that it lies in, or one of a similar name.
    private static func notARun(_ path: String) -> ConfigurationError {
        func isRun(_ path: String) -> Bool { RunKind(at: path).map { RunFiles(path: path, kind: $0).holdsRun } ?? false }
        func runs(in folder: String) -> [String] { Folder.names(in: folder).filter { isRun("\(folder)/\($0)") } }
        func question(_ path: String) -> String { "did you mean \(path)?" }
        let parent = Folder.parent(of: path)
        let inside = runs(in: path)
        let wayOut: String
        if let outer = [parent, Folder.parent(of: parent)].first(where: isRun) {
            wayOut = question(outer)
        } else if let first = inside.first {
            wayOut = "it holds \(inside.count == 1 ? "a run" : "\(inside.count) runs"), e.g. \(path)/\(first)"
        } else if let near = nearestName(to: URL(fileURLWithPath: path).lastPathComponent, among: runs(in: parent)) {
            wayOut = question(parent == "." ? near : "\(parent)/\(near)")
        } else {
            wayOut = "give a folder that train or pretrain wrote"
        }
        let exists = FileManager.default.fileExists(atPath: path)
        return ConfigurationError("run", path, exists ? "is no run's folder" : "is not there", wayOut: wayOut)
    }
}
