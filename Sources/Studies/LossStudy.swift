import GreenDiffusion
import Report
import Storage

/// Fig. 2: how the loss falls, by round and by energy, and what the models draw. The paper compares schemes; here every run is a line.
struct LossStudy {
    let runs: [(label: String, run: RecordedRun)]

    /// - Throws: as `RecordedRun.init`.
    init(_ paths: [String]) throws { runs = try RecordedRun.read(paths) }

    var figure: Figure {
        let energyUnit = Quantity.axisUnit("J", largest: runs.compactMap { $0.run.totals.last?.energyJoules }.max() ?? 0)
        let panels = [
            panel("Training loss", xLabel: "round") { run in
                run.rounds.map { (Double($0.round), $0.loss) }
            },
            panel("Held-out loss", xLabel: "round") { run in
                run.rounds.map { (Double($0.round), $0.lossHeldOut) }
            },
            panel("Held-out loss by energy", xLabel: "energy so far, \(energyUnit.name) (modelled)") { run in
                zip(run.totals, run.rounds).map { ($0.energyJoules / energyUnit.size, $1.lossHeldOut) }
            },
        ]
        return Figure(
            title: "Convergence of \(runs.count == 1 ? "a run" : "\(runs.count) runs")", panels: panels, columns: panels.count,
            notes: [
                "Training loss: mean over the round's devices, each at timesteps of its own. Held-out loss: the averaged model, always on "
                    + "the same images, timesteps and noise."
            ])
    }

    private func panel(
        _ title: String, xLabel: String, points: (RecordedRun) -> [(x: Double, y: Double?)]
    ) -> Figure.Panel {
        let series = runs.enumerated().map { index, entry in
            LineChart.Series(
                name: "\(entry.label) (\(entry.run.schemeName))", kind: seriesKind(index),
                // Rounds without an evaluation are no gap: they were not measured.
                points: points(entry.run).compactMap { point in
                    point.y.map { LineChart.Point(x: point.x, y: $0, title: "\(entry.label): \(Quantity.significant($0))") }
                }, dotRadius: entry.run.rounds.count > 60 ? 0 : 2)
        }
        let chart = LineChart(
            label: "\(title) against \(xLabel)", unit: "mean squared error", xLabel: xLabel, series: series, fromZero: false)
        return Figure.Panel(title: title, chart: chart)
    }

    /// The newest grid of every run that drew one; nil where none did.
    func pictures() throws -> String? {
        let pictures = try runs.compactMap { label, run -> Figure.Picture? in
            guard let round = run.files.sampleNumbers().last else { return nil }
            let path = run.files.samplePath(round: round)
            let image = SampleImage(caption: "\(run.schemeName), round \(round)", png: try readFile(path))
            return Figure.Picture(title: label, image: image)
        }
        guard !pictures.isEmpty else { return nil }
        return Figure.Picture.svg(title: "Samples, from the same noise", pictures: pictures, columns: 3)
    }

    var csv: String {
        var table = CSVTable([
            "run", "scheme", "round", "loss", "loss_held_out", "energy_total_so_far_j", "time_so_far_s", "upload_so_far_bytes",
        ])
        for (label, run) in runs {
            for (record, total) in zip(run.rounds, run.totals) {
                table.append([
                    label, run.schemeName, record.round, record.loss, record.lossHeldOut, total.energyJoules, total.seconds,
                    total.uploadBytes,
                ])
            }
        }
        return table.text
    }
}
