import GreenDiffusion

/// The held-out loss of a run, smoothed, with what the run had cost by then.
struct LossCurve {
    struct Point {
        let total: RecordedRun.Total
        let loss: Double
        /// Mean of this evaluation and the two before it, or of as many as there are.
        let smoothed: Double
    }

    /// One for every round with an evaluation.
    let points: [Point]
    private static let window = 3

    init(_ run: RecordedRun) {
        var (points, losses): ([Point], [Double]) = ([], [])
        for (record, total) in zip(run.rounds, run.totals) {
            guard let loss = record.lossHeldOut else { continue }
            losses.append(loss)
            let last = losses.suffix(Self.window)
            points.append(Point(total: total, loss: loss, smoothed: last.reduce(0, +) / Double(last.count)))
        }
        self.points = points
    }

    /// The smallest smoothed loss; nil without evaluations.
    var best: Double? { points.map(\.smoothed).min() }

    /// The first evaluation whose smoothed loss is at most `target`.
    func reaching(_ target: Double) -> Point? { points.first { $0.smoothed <= target } }
}
