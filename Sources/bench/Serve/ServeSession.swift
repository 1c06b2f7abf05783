import Kernels

/// The cases that one `bench serve` process holds.
final class ServeSession {
    private struct Slot {
        let benchmark: Benchmark
        let threads: Int
    }

    private var slots: [String: Slot] = [:]
    private var probes: [Int: SpeedProbe] = [:]

    /// Answers one line; what goes wrong is part of the answer.
    func answer(_ line: String) -> ServeAnswer {
        do {
            return try answer(ServeRequest(parsing: line))
        } catch { return ServeAnswer(error: "\(error)") }
    }

    private func answer(_ request: ServeRequest) throws -> ServeAnswer {
        switch request {
        case .prepare(let slot, let problem, let threads, let verify):
            let benchmark = try Registry.benchmark(problem, threads: threads).benchmark
            if verify { try benchmark.verify() }
            slots[slot] = Slot(benchmark: benchmark, threads: threads)
            return ServeAnswer(benchmark)
        case .run(let name, let calls):
            guard let slot = slots[name] else { throw ServeError.unknownSlot(name) }
            let sample = withTeam(threads: slot.threads) {
                Stopwatch.sample { for _ in 0..<calls { slot.benchmark.run() } }
            }
            return ServeAnswer(seconds: sample.wallSeconds, cpuSeconds: sample.cpuSeconds)
        case .release(let slot):
            slots[slot] = nil
            return ServeAnswer()
        case .speed(let threads):
            let probe = probes[threads] ?? SpeedProbe(threads: threads)
            probes[threads] = probe
            let (flops, bytes) = (probe.arithmetic(), probe.cacheCopy())
            return ServeAnswer(flopsPerSecond: flops, bytesPerSecond: bytes)
        case .memory:
            return ServeAnswer(residentBytes: ProcessMemory.resident, peakBytes: ProcessMemory.peak)
        }
    }
}

extension ServeAnswer {
    /// What a prepared case will do.
    init(_ benchmark: Benchmark) {
        self.init(images: benchmark.images)
        switch benchmark.work {
        case .flops(let nominal, let executed, _): (nominalFlops, executedFlops) = (nominal, executed)
        case .bytes(let bytes): self.bytes = bytes
        case .problems(let count, let bytesEach): bytes = count * bytesEach
        }
    }
}
