import Foundation
import GreenDiffusion
import RunTestSupport
import Studies
import TestSupport
import Testing

@Suite struct PaperFiguresTests {
    private let folder = TemporaryFolder()

    private func rows(_ name: String) throws -> [[String: String]] { try readCSV(folder.path("out/\(name)")) }

    @Test func theCommandWritesTheStudyAndItsNumbers() throws {
        let result = try Greendiff.run("figures", "--out", folder.path("out"))
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        for part in ["Fig. 2", "--runs", "43.0 to 50.7 %", "4.32 to 5.22 times", "25.", "% at 32 bits"] {
            #expect(result.output.contains(part), "no '\(part)' in \(result.output)")
        }
        for name in [
            "figure-3.svg", "figure-3.csv", "figure-4.svg", "figure-4.csv", "equation-13.csv", "real-energy.svg",
            "real-energy.csv",
        ] {
            let contents = try String(contentsOfFile: folder.path("out/\(name)"), encoding: .utf8)
            #expect(!contents.isEmpty && !contents.contains("nan") && result.output.contains(name))
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path("out/figure-2.svg")))
    }

    @Test func equalInputGivesEqualBytes() throws {
        for name in ["a", "b"] { _ = try PaperFigures(runs: []).write(to: folder.path(name)) }
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path("a")) {
            #expect(
                try Data(contentsOf: URL(fileURLWithPath: folder.path("a/\(name)")))
                    == Data(contentsOf: URL(fileURLWithPath: folder.path("b/\(name)"))))
        }
    }

    /// The paper's device at T = 15 s: equations.md, section 3.
    @Test func figure4HasThePapersNumbersAndGaps() throws {
        _ = try PaperFigures(runs: []).write(to: folder.path("out"))
        let rows = try rows("figure-4.csv")
        func energy(_ scheme: String, _ time: String, _ distance: String) throws -> String {
            try #require(
                rows.first { $0["scheme"] == scheme && $0["time_budget_s"] == time && $0["distance_m"] == distance }?[
                    "energy_mean_j"])
        }
        for (scheme, expected) in [("fixed-6", 0.918), ("fixed-7", 0.939), ("fixed-8", 0.961), ("fedavg-32", 2.364)] {
            #expect(abs(try #require(Double(energy(scheme, "15.0", "45.0"))) - expected) < 0.0006)
        }
        let onDemand = try #require(Double(energy("on-demand", "15.0", "45.0")))
        #expect(onDemand > 0.4525 && onDemand < 0.5476, "between 6 and 8 bits for all")
        for scheme in ["on-demand", "fixed-6", "fixed-7", "fixed-8", "fedavg-32"] {
            let line = rows.filter { $0["scheme"] == scheme && $0["distance_m"] == "45.0" }
            let energies = try line.map { try number($0, "energy_mean_j") }
            #expect(energies.count == 21 && zip(energies, energies.dropFirst()).allSatisfy { $0 > $1 }, "more time costs less")
        }
        #expect(try energy("fedavg-32", "13.0", "65.0").isEmpty && !energy("fedavg-32", "18.0", "65.0").isEmpty)
        let gap = try #require(rows.first { $0["energy_mean_j"]?.isEmpty == true })
        #expect(gap["reason"]?.hasPrefix("even split: ") == true)
    }

    @Test func figure3EndsAtTheOptimum() throws {
        _ = try PaperFigures(runs: []).write(to: folder.path("out"))
        let rows = try rows("figure-3.csv")
        let runs = Dictionary(grouping: rows) { row in ["sweep", "bits", "time_budget_s", "distance_m"].map { row[$0] ?? "" } }
        #expect(runs.count == 9)
        for run in runs.values {
            let gaps = try run.map { abs(try number($0, "gap_relative")) }
            #expect(try #require(gaps.last) < 3e-6 && gaps[0] > 0.1)
            #expect(run.indices.allSatisfy { run[$0]["iteration"] == "\($0 + 1)" })
        }
    }

    /// The tables stop saving where they have a cheapest row; the law never does above its lowest frequency.
    @Test func measuredProcessorsSaveLessThanTheLawSays() throws {
        let result = try PaperFigures(runs: []).write(to: folder.path("out"))
        #expect(result.contains("measured processors; the law says"))
        let rows = try rows("real-energy.csv")
        #expect(rows.count == 100)
        for row in rows {
            let (load, table, law) = try (
                number(row, "load"), number(row, "energy_relative_table"), number(row, "energy_relative_law")
            )
            #expect(table <= 1 && law <= 1 && law >= load * load - 1e-12)
            if load == 1 { #expect(abs(table - 1) < 1e-12 && law == 1) }
            if load <= 0.2 { #expect(table > 2 * law, "\(row)") }
        }
    }

    @Test func thePrintedEquationsExcess() throws {
        _ = try PaperFigures(runs: []).write(to: folder.path("out"))
        for (row, expected) in zip(try rows("equation-13.csv"), [0.25, 0.24, 0.23, 0.08]) {
            #expect(abs(try number(row, "excess_relative") - expected) < 0.006)
        }
    }

    @Test func figure2HasALineForEveryRun() throws {
        for (name, scheme) in [("a", "on-demand"), ("b", "fedavg")] {
            try TinyRun.train([.scheme: scheme, .sampleEvery: "3"], at: folder.path(name))
        }
        let result = try Greendiff.run("figures", "--runs", folder.path("a"), folder.path("b"), "--out", folder.path("out"))
        #expect(result.status == 0 && !result.output.contains("left out"), "\(result.errors)")
        let svg = try String(contentsOfFile: folder.path("out/figure-2.svg"), encoding: .utf8)
        #expect(svg.contains("a (on-demand 2:8)") && svg.contains("b (fedavg 32)"))
        let samples = try String(contentsOfFile: folder.path("out/figure-2-samples.svg"), encoding: .utf8)
        #expect(samples.split(separator: "data:image/png;base64,").count == 3)
        let rows = try rows("figure-2.csv")
        #expect(rows.map { $0["run"] } == ["a", "a", "a", "b", "b", "b"])
        let energies = try rows.prefix(3).map { try number($0, "energy_total_so_far_j") }
        #expect(energies[0] > 0 && energies[1] > energies[0] && energies[2] > energies[1])
    }

    @Test(arguments: [(["--runs", "/nonexistent"], Int32(1), "/nonexistent is not a run directory"), ([], 64, "--out")])
    func badUseIsOneLine(_ arguments: [String], _ status: Int32, _ part: String) throws {
        let out = arguments.isEmpty ? [] : ["--out", folder.path("out")]
        let result = try Greendiff.run(["figures"] + arguments + out)
        #expect(result.status == status && result.errors.contains(part) && result.output.isEmpty, "\(result)")
        #expect(result.errors.split(separator: "\n").count == 1)
    }
}
