/// Why a meter's file does not say what several stretches of time took.
package enum PowerLogGap: Error, Equatable, CustomStringConvertible {
    /// The samples end before the last stretch: the meter may still write more. nil where there are none.
    case notReached(lastUnixSeconds: Double?, end: Double)
    /// The samples begin after the first stretch.
    case begunLater(firstUnixSeconds: Double, start: Double)
    /// The meter was silent within a stretch.
    case silence(from: Double, to: Double, longestSeconds: Double)
    /// Too few samples fall into the stretches.
    case few(samples: Int, seconds: Double)

    package var description: String {
        switch self {
        case .notReached(let last, let end):
            "the meter's file " + (last.map { "ends at \($0) s" } ?? "has no sample yet")
                + ", training at \(end) s; let the meter write on until the run has ended"
        case .begunLater(let first, let start):
            "the meter's file begins at \(first) s, training at \(start) s; start the meter before the run"
        case .silence(let from, let to, let longest):
            "the meter has no sample from \(from) to \(to) s, \(to - from) s long; at most \(longest) s may be without one"
        case .few(let samples, let seconds):
            "\(samples) of the meter's samples fall into its \(seconds) s, \(PowerLog.fewestSamples) are the fewest; "
                + "measure with more samples a second, or train longer in a round"
        }
    }
}

extension PowerLog {
    /// What training is measured with at least.
    static let fewestSamples = 2

    /// Energy over several stretches of time by rising time, e.g. in which one device after another trained; at least one.
    ///
    /// - Throws: where the samples do not reach over the stretches, or leave more of one out than five times the median time between samples,
    ///   and than a second.
    package func draw(
        over stretches: [ClosedRange<Double>]
    ) throws(PowerLogGap) -> (joules: Double, seconds: Double, samples: Int) {
        let (start, end) = (stretches[0].lowerBound, stretches[stretches.count - 1].upperBound)
        guard let first = samples.first, let last = samples.last, last.unixSeconds >= end else {
            throw .notReached(lastUnixSeconds: samples.last?.unixSeconds, end: end)
        }
        guard first.unixSeconds <= start else { throw .begunLater(firstUnixSeconds: first.unixSeconds, start: start) }
        try refuseSilence(in: stretches, from: start, to: end)
        let inside = stretches.reduce(0) { sum, stretch in
            sum + samples.partition(at: stretch.upperBound) - samples.partition(at: stretch.lowerBound)
        }
        let seconds = stretches.reduce(0) { $0 + $1.upperBound - $1.lowerBound }
        guard inside >= Self.fewestSamples else { throw .few(samples: inside, seconds: seconds) }
        let joules = stretches.reduce(0) { $0 + self.joules(from: $1.lowerBound, to: $1.upperBound) }
        return (joules, seconds, inside)
    }

    private func refuseSilence(in stretches: [ClosedRange<Double>], from start: Double, to end: Double) throws(PowerLogGap) {
        let around = samples[max(0, samples.partition(at: start) - 1)...samples.partition(at: end)]
        let gaps = zip(around, around.dropFirst()).map { $0.unixSeconds...$1.unixSeconds }
        let lengths = gaps.map { $0.upperBound - $0.lowerBound }.sorted()
        guard !lengths.isEmpty else { return }
        let longest = max(1, 5 * lengths[lengths.count / 2])
        for gap in gaps where gap.upperBound - gap.lowerBound > longest && stretches.contains(where: gap.overlaps) {
            throw .silence(from: gap.lowerBound, to: gap.upperBound, longestSeconds: longest)
        }
    }
}
