import Foundation
import GreenDiffusion
import RunTestSupport
import TestSupport
import Testing

@Suite struct ReportCommandTests {
    private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    private func federatedRun(_ folder: TemporaryFolder, _ name: String = "federated") throws -> String {
        try TinyRun.train([.rounds: "2", .sampleEvery: "1"], at: folder.path(name))
        return folder.path(name)
    }

    /// A copy of the shared run, so that a test may change it.
    private func pretrainingRun(_ folder: TemporaryFolder, _ name: String = "pretraining") throws -> String {
        try FileManager.default.copyItem(atPath: TinyModel.runPath, toPath: folder.path(name))
        return folder.path(name)
    }

    @Test func runsOfBothKindsAreComparedInOnePage() throws {
        let folder = TemporaryFolder()
        let runs = try [federatedRun(folder), pretrainingRun(folder)]
        let page = folder.path("page.html")
        let result = try Greendiff.run(["report"] + runs + ["--out", page, "--steps", "2", "--threads", "1"])
        #expect(result.status == 0 && result.output == "report  \(page)\n", "\(result.errors)")
        #expect(result.errors.contains("image 32/32"))
        let html = try text(page)
        #expect(html.contains("Comparison of 2 runs") && html.contains("From the same noise"))
        #expect(html.components(separatedBy: "Images drawn by the newest model of").count == 3)
        let again = try Greendiff.run(["report"] + runs + ["--out", page, "--steps", "2", "--threads", "2"])
        #expect(again.status == 0)
        #expect(try html == text(page), "other threads, other bytes")
        _ = try Greendiff.run(["report"] + runs + ["--out", page, "--steps", "2", "--seed", "1"])
        #expect(try html != text(page))
    }

    @Test func aModelDrawsTheSameInEveryPage() throws {
        let folder = TemporaryFolder()
        let run = try pretrainingRun(folder)
        let twin = try pretrainingRun(folder, "twin")
        let page = folder.path("page.html")
        let result = try Greendiff.run("report", run, twin, "--out", page, "--steps", "2")
        #expect(result.status == 0, "\(result.errors)")
        let drawn = try text(page).components(separatedBy: "<img ").filter { $0.hasPrefix("alt=\"Images drawn by the newest") }
            .compactMap { $0.components(separatedBy: "src=").last?.components(separatedBy: "/>").first }
        #expect(drawn.count == 2 && Set(drawn).count == 1)
    }

    @Test func oneRunsPageIsInItsFolder() throws {
        let folder = TemporaryFolder()
        let run = try pretrainingRun(folder)
        let before = try text(run + "/report.html")
        let result = try Greendiff.run("report", run, "--draw", "off")
        #expect(result.status == 0 && result.errors.isEmpty && result.output == "report  \(run)/report.html\n")
        let html = try text(run + "/report.html")
        #expect(html != before && html.contains("class=\"timeline\"") && !html.contains("One image, step by step"))
    }

    @Test func aRunWithoutAModelIsShownWithoutItsDrawing() throws {
        let folder = TemporaryFolder()
        let run = try pretrainingRun(folder)
        for name in ["model", "checkpoints"] { try FileManager.default.removeItem(atPath: "\(run)/\(name)") }
        let result = try Greendiff.run("report", run)
        #expect(result.status == 0, "\(result.errors)")
        #expect(try !text(run + "/report.html").contains("One image, step by step"))
    }

    @Test func ofManyGridsSixteenAreShown() throws {
        let folder = TemporaryFolder()
        let run = try pretrainingRun(folder)
        let grid = try #require(try FileManager.default.contentsOfDirectory(atPath: "\(run)/samples").first)
        for step in 101...140 {
            try FileManager.default.copyItem(atPath: "\(run)/samples/\(grid)", toPath: "\(run)/samples/step-000000\(step).png")
        }
        let html = try RunReport([run]).html(drawing: nil) { _ in }
        let numbers = html.matches(of: /data-number="(\d+)"/).compactMap { Int($0.1) }
        #expect(numbers.count == 16 && numbers == numbers.sorted() && numbers.last == 140 && (numbers.first ?? 999) <= 101)
        #expect(html.contains("(16 of 41 grids)"))
    }

    @Test func runsOfOneNameAreToldApart() throws {
        let folder = TemporaryFolder()
        for name in ["a", "b"] {
            try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
        }
        let runs = try [pretrainingRun(folder, "a/run"), pretrainingRun(folder, "b/run")]
        let html = try RunReport(runs).html(drawing: nil) { _ in }
        for run in runs { #expect(html.contains("<h1>\(run)</h1>")) }
    }

    @Test func whatIsNoRunIsToldWithTheRunThatWasMeant() throws {
        let folder = TemporaryFolder()
        let run = try pretrainingRun(folder, "night")
        for (path, end) in [
            (folder.path("nihgt"), "is not there; did you mean \(run)?"),
            (run + "/model", "is no run's folder; did you mean \(run)?"),
            (run + "/report.html", "is no run's folder; did you mean \(run)?"),
            (folder.path, "is no run's folder; it holds a run, e.g. \(run)"),
        ] {
            let result = try Greendiff.run("report", path, "--draw", "off")
            #expect(result.status == 1 && result.errors == "greendiff: run \(path) \(end)\n", "\(result.errors)")
        }
    }

    @Test func aRunNamedTwiceAndAPageInTheWayAreRefused() throws {
        let folder = TemporaryFolder()
        let run = try pretrainingRun(folder)
        let twice = try Greendiff.run("report", run, run + "/", "--draw", "off", "--out", folder.path("x.html"))
        #expect(twice.status == 1 && twice.errors.contains("is named twice; name each run once"), "\(twice.errors)")
        for (out, reason) in [
            ("progress.jsonl", "it is the file that is read"), ("model/config.json", "it is the file that is read"),
            ("samples", "it is a folder"), ("none/x.html", "there is no folder"),
        ] {
            let result = try Greendiff.run("report", run, "--draw", "off", "--out", "\(run)/\(out)")
            #expect(result.status == 1 && result.errors.contains(reason), "\(result.errors)")
            #expect(result.errors.split(separator: "\n").count == 1)
        }
        let steps = try Greendiff.run("report", run, "--steps", "0")
        #expect(steps.status == 64 && steps.errors.contains("--steps 0 is outside 1...100000"))
        let guided = try Greendiff.run("report", run, "--class", "stop")
        #expect(guided.status == 1 && guided.errors.contains("--class stop is not to be had from \(run)"), "\(guided.errors)")
    }
}
