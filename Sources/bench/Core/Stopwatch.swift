/// Wall time of a repeated piece of work.
enum Stopwatch {
    static func seconds(_ body: () -> Void) -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        body()
        return (clock.now - start) / .seconds(1)
    }

    /// The shortest of `count` times, after one untimed run.
    static func shortest(of count: Int, _ body: () -> Void) -> Double {
        body()
        return (0..<count).map { _ in seconds(body) }.min() ?? .infinity
    }

    /// Times of repeated runs: a warm-up, then until `enough` seconds and at least five samples are in, at most 200.
    static func samples(enough: Double = 1, _ body: () -> Void) -> [Double] {
        body()
        var samples: [Double] = []
        while samples.count < 5 || (samples.reduce(0, +) < enough && samples.count < 200) { samples.append(seconds(body)) }
        return samples
    }
}
