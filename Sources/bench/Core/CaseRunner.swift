import Kernels

/// Verifies and times one case on so many threads.
struct CaseRunner {
    let name: String
    let threads: Int

    /// The result. The limit is measured before and after the case; the better one counts.
    func run() throws -> CaseResult {
        let (benchmark, threads) = try Registry.benchmark(name, threads: threads)
        try benchmark.verify()
        let limitBefore = limitRate(benchmark.work, threads: threads)
        ProcessMemory.resetPeak()
        let samples = withTeam(threads: threads) { Stopwatch.samples(benchmark.run) }
        let peakBytes = ProcessMemory.peak
        let limit = max(limitBefore, limitRate(benchmark.work, threads: threads))
        return CaseResult(
            name: name, threads: threads, samples: samples, work: benchmark.work, limitRate: limit, images: benchmark.images,
            peakBytes: benchmark.images == nil ? nil : peakBytes)
    }

    private func limitRate(_ work: Work, threads: Int) -> Double {
        switch work {
        case .flops(_, _, let precision): Ceilings.arithmetic(precision, threads: threads)
        case .bytes(let bytes): Ceilings.copy(bytes: bytes, threads: threads)
        case .problems(let count, let bytesEach): Ceilings.copy(bytes: count * bytesEach, threads: threads)
        }
    }
}
