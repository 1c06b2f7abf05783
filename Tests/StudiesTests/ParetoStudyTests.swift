import FedRuntime
import Foundation
import GreenDiffusion
import Records
import RunTestSupport
import Storage
import Studies
import TestSupport
import Testing

@Suite struct ParetoStudyTests {
    private let folder = TemporaryFolder()

    private func train(_ name: String, _ changes: [Setting: String] = [:]) throws -> String {
        let path = folder.path(name)
        try TinyRun.train([.evaluateEvery: "1", .rounds: "5"].merging(changes) { $1 }, at: path)
        return path
    }

    @Test func everyRunIsMeasuredWhereItReachesTheTarget() throws {
        let paths = try [train("a"), train("b", [.scheme: "fedavg"]), train("c", [.localIterations: "4"])]
        let text = try ParetoStudy(runs: paths, targetLoss: nil).write(to: folder.path("out"))
        for part in ["local-iterations", "scheme", "upload", "modelled", "pareto.svg"] {
            #expect(text.contains(part), "no \(part)")
        }
        #expect(!text.contains("keep-checkpoints") && !text.contains("batch-size"))
        let rows = try readCSV(folder.path("out/pareto.csv"))
        let target = try number(rows[0], "loss_target")
        var costs: [(energy: Double, time: Double)] = []
        var best: [Double] = []
        for (row, path) in zip(rows, paths) {
            let records = try RunFiles(path: path).roundsFile.read(RoundRecord.self)
            let losses = records.compactMap(\.lossHeldOut)
            let smoothed = losses.indices.map { end in
                let window = losses[max(0, end - 2)...end]
                return window.reduce(0, +) / Double(window.count)
            }
            best.append(try #require(smoothed.min()))
            let reached = try #require(smoothed.firstIndex { $0 <= target })
            #expect(try number(row, "round") == Double(reached + 1))
            let energy = records[...reached].reduce(0) { $0 + $1.energyTotalJoules }
            #expect(abs(try number(row, "energy_total_j") - energy) <= 1e-12 * energy)
            let time = records[...reached].reduce(0) { $0 + $1.roundTimeSeconds }
            #expect(abs(try number(row, "time_s") - time) <= 1e-12 * time)
            #expect(try number(row, "upload_bytes") == Double(records[...reached].reduce(0) { $0 + $1.uploadBytes }))
            costs.append((energy, time))
        }
        #expect(abs(target - (try #require(best.max()))) < 1e-15, "the smallest that every run reaches")
        for (index, row) in rows.enumerated() {
            let mine = costs[index]
            let isBeaten = costs.contains {
                $0.energy <= mine.energy && $0.time <= mine.time && ($0.energy < mine.energy || $0.time < mine.time)
            }
            #expect(row["pareto_optimal"] == "\(!isBeaten)")
        }
        #expect(rows.contains { $0["pareto_optimal"] == "true" })
    }

    /// Planning the recorded rounds anew gives their recorded energies at their own time budget, and falling ones beyond it. On demand the
    /// first round's frequencies were planned for the most bytes that an unknown change can take, a quarter more than it took.
    @Test(arguments: ["on-demand", "fixed", "fedavg"]) func otherTimeBudgetsAreReplanned(scheme: String) throws {
        let path = try train("run", scheme == "fixed" ? [.scheme: scheme, .bits: "7"] : [.scheme: scheme])
        _ = try ParetoStudy(runs: [path], targetLoss: 10).write(to: folder.path("out"))
        let row = try readCSV(folder.path("out/pareto.csv"))[0]
        let tolerance = scheme == "on-demand" ? 2e-3 : 1e-3
        #expect(abs(try number(row, "replanned_over_recorded") - 1) < tolerance)
        let records = try RunFiles(path: path).roundsFile.read(RoundRecord.self)
        let points = try readCSV(folder.path("out/frontier.csv"))
        let own = try #require(points.first { $0["time_budget_s"] == "\(records[0].timeBudgetSeconds)" })
        let (energy, recorded) = (try number(own, "energy_total_j"), try number(row, "energy_total_j"))
        #expect(abs(energy / recorded - 1) < tolerance)
        let energies = try points.map { try number($0, "energy_total_j") }
        #expect(energies.count == 26 && zip(energies, energies.dropFirst()).allSatisfy { $0 >= $1 * (1 - 1e-12) })
        #expect(try number(points[0], "time_budget_s") < records[0].timeBudgetSeconds)
    }

    @Test func unusableRunsAndTargetsAreRefusedWithTheWayOut() throws {
        let path = try train("run", [.rounds: "2"])
        let blind = try train("blind", [.rounds: "1", .evaluateEvery: "0"])
        for (arguments, part) in [
            ([path, "--target-loss", "1e-9"], "target-loss 1e-09 is below"),
            ([blind], "evaluate-every 1"),
            (["/nonexistent"], "/nonexistent is not a run directory"),
        ] {
            let result = try Greendiff.run(["pareto"] + arguments + ["--out", folder.path("out")])
            #expect(result.status == 1 && result.errors.contains(part) && result.output.isEmpty, "\(result)")
            #expect(result.errors.split(separator: "\n").count == 1)
        }
        #expect(try Greendiff.run("pareto", path, "--target-loss", "-1", "--out", "x").status == 64)
        let fine = try Greendiff.run("pareto", path, "--out", folder.path("out"))
        #expect(fine.status == 0 && fine.output.contains("* run"), "\(fine)")
    }

    @Test func recordsOfOtherDevicesAreRefused() throws {
        let path = try train("run", [.rounds: "1"])
        let configuration = try String(contentsOfFile: "\(path)/config.yaml", encoding: .utf8)
        try configuration.replacingOccurrences(of: "devices: 3", with: "devices: 2")
            .write(toFile: "\(path)/config.yaml", atomically: true, encoding: .utf8)
        #expect(throws: FileError.self) { try ParetoStudy(runs: [path], targetLoss: nil) }
    }
}
