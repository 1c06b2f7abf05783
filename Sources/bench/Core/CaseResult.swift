import Foundation

/// Times of one case on so many threads, and what they mean.
struct CaseResult: CustomStringConvertible {
    let name: String
    let threads: Int
    /// Fastest first.
    let samples: [Stopwatch.Sample]
    let work: Work
    /// The limit beside this case, in FLOP/s or bytes/s.
    let limitRate: Double
    let images: Int?
    let peakBytes: Int?

    var minimum: Double { samples[0].wallSeconds }
    var median: Double { quantile(samples.count / 2) }
    /// The middle half of the samples over their median.
    var spread: Double { (quantile(samples.count * 3 / 4) - quantile(samples.count / 4)) / median }
    /// Share of the threads' time that the fastest run really had a processor: what is missing, others took or threads waited.
    var processorShare: Double { samples[0].cpuSeconds / (minimum * Double(threads)) }

    /// The least CPU time of a run, all threads together: on one thread, what the run takes on an idle machine.
    var minimumProcessorSeconds: Double { samples.map(\.cpuSeconds).min() ?? 0 }

    private func quantile(_ index: Int) -> Double { samples[index].wallSeconds }

    /// What is counted per second of the fastest run, in `rateUnit`.
    var rate: Double {
        switch work {
        case .flops(let nominal, _, _): Double(nominal) / minimum / 1e9
        case .bytes(let bytes): Double(bytes) / minimum / 1e9
        case .problems(let count, _): Double(count) / minimum
        }
    }

    var rateUnit: String {
        switch work {
        case .flops: "GFLOP/s"
        case .bytes: "GB/s"
        case .problems: "1/s"
        }
    }

    /// What the fastest run executed over what the machine can do.
    var limitShare: Double {
        let amount =
            switch work {
            case .flops(_, let executed, _): executed
            case .bytes(let bytes): bytes
            case .problems(let count, let bytesEach): count * bytesEach
            }
        return Double(amount) / minimum / limitRate
    }

    var limitName: String {
        guard case .flops(_, _, let precision) = work else { return "memcpy" }
        return precision == .float32 ? "fma" : "bf16"
    }

    static let header = row("case", "threads", "min ms", "median ms", "spread", "cpu", "rate", "of limit")

    var description: String {
        let rateText = rate >= 1e5 ? String(format: "%.2e %@", rate, rateUnit) : String(format: "%.1f %@", rate, rateUnit)
        var text = Self.row(
            name, "\(threads)", String(format: "%.3f", minimum * 1e3), String(format: "%.3f", median * 1e3),
            String(format: "%.0f %%", spread * 100), String(format: "%.0f %%", processorShare * 100), rateText,
            String(format: "%.0f %% %@", limitShare * 100, limitName))
        if let images { text += String(format: "  %.2f ms/image", minimum * 1e3 / Double(images)) }
        if let peakBytes { text += String(format: "  %.0f MB", Double(peakBytes) / 1e6) }
        return text
    }

    private static func row(_ cells: String...) -> String {
        alignedRow(cells, widths: [38, 7, 11, 11, 7, 6, 15, 12], separator: "  ")
    }
}

extension CaseResult: Encodable {
    enum CodingKeys: String, CodingKey {
        case threads, samples, rate, limit, spread
        case name = "case"
        case minimum = "min_ms"
        case median = "median_ms"
        case processorShare = "cpu_share"
        case minimumProcessorSeconds = "min_cpu_ms"
        case rateUnit = "rate_unit"
        case executedRate = "executed_gflops"
        case limitRate = "limit_rate"
        case limitShare = "limit_share"
        case minimumPerImage = "min_ms_per_image"
        case peakBytes = "peak_bytes"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(threads, forKey: .threads)
        try container.encode(samples.count, forKey: .samples)
        try container.encode(minimum * 1e3, forKey: .minimum)
        try container.encode(median * 1e3, forKey: .median)
        try container.encode(spread, forKey: .spread)
        try container.encode(processorShare, forKey: .processorShare)
        try container.encode(minimumProcessorSeconds * 1e3, forKey: .minimumProcessorSeconds)
        try container.encode(rate, forKey: .rate)
        try container.encode(rateUnit, forKey: .rateUnit)
        if case .flops(_, let executed, _) = work {
            try container.encode(Double(executed) / minimum / 1e9, forKey: .executedRate)
        }
        try container.encode(limitName, forKey: .limit)
        try container.encode(limitRate / 1e9, forKey: .limitRate)
        try container.encode(limitShare, forKey: .limitShare)
        try container.encodeIfPresent(images.map { minimum * 1e3 / Double($0) }, forKey: .minimumPerImage)
        try container.encodeIfPresent(peakBytes, forKey: .peakBytes)
    }
}
