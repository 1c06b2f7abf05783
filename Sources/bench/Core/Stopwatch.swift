import Foundation

/// Times of repeated work.
enum Stopwatch {
    /// One run.
    struct Sample {
        let wallSeconds: Double
        /// CPU time of all threads.
        let cpuSeconds: Double
    }

    static func seconds(_ body: () -> Void) -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        body()
        return (clock.now - start) / .seconds(1)
    }

    /// One timed run.
    static func sample(_ body: () -> Void) -> Sample {
        let before = processSeconds()
        let wall = seconds(body)
        return Sample(wallSeconds: wall, cpuSeconds: processSeconds() - before)
    }

    /// The shortest of `count` times, after one untimed run.
    static func shortest(of count: Int, _ body: () -> Void) -> Double {
        body()
        return (0..<count).map { _ in seconds(body) }.min() ?? .infinity
    }

    /// Repeated runs, fastest first: a warm-up, then until `enough` seconds and at least five samples are in, at most 200.
    static func samples(enough: Double = 1, _ body: () -> Void) -> [Sample] {
        body()
        var samples: [Sample] = []
        var total = 0.0
        while samples.count < 5 || (total < enough && samples.count < 200) {
            samples.append(sample(body))
            total += samples[samples.count - 1].wallSeconds
        }
        return samples.sorted { $0.wallSeconds < $1.wallSeconds }
    }

    private static func processSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
