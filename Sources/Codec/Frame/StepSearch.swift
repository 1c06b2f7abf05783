/// The search for the finest lattice whose frame fits, over its real-valued bits: the frame grows with them.
struct StepSearch {
    private let limit: Int
    private let range: ClosedRange<Double>
    /// Estimated bytes at whole widths.
    private let summary: ErrorSummary
    /// What a bit more takes beyond the widest of those.
    private let bytesPerBit: Double
    /// The finest that fitted, and the coarsest that did not.
    private(set) var best: (frame: [UInt8], step: Float)?
    private var fitting: (bits: Double, bytes: Int)?
    private var tooLarge: (bits: Double, bytes: Int)?
    private var tries = 0

    /// - Parameter bits: what may be tried, from one of the widths 2...8 on.
    init(_ table: LatticeErrorTable, bytesAtMost limit: Int, bits: ClosedRange<Double>) {
        (summary, self.limit, range) = (table.summary, limit, bits)
        bytesPerBit = Double(table.layout.parameterCount) / 8
    }

    /// Of the coarsest frame that was coded.
    var smallest: Int { tooLarge?.bytes ?? 0 }

    /// What to try next; nil when the best is good enough.
    var nextBits: Double? {
        guard tries > 0 else { return estimate(from: nil) }
        if let fitting, fitting.bits >= range.upperBound || fitting.bytes >= limit - limit / 200 { return nil }
        if let tooLarge, tooLarge.bits <= range.lowerBound { return nil }
        // The last resort, so that what can fit is found.
        if tries >= Self.triesAtMost { return fitting == nil ? range.lowerBound : nil }
        let last = fitting ?? tooLarge
        let guess = estimate(from: last)
        let lower = fitting?.bits ?? range.lowerBound
        let upper = tooLarge?.bits ?? range.upperBound
        return guess > lower && guess < upper ? guess : tooLarge == nil ? upper : fitting == nil ? lower : (lower + upper) / 2
    }

    private static let triesAtMost = 8

    mutating func add(bits: Double, step: Float, frame: [UInt8]) {
        tries += 1
        if frame.count <= limit {
            (fitting, best) = ((bits, frame.count), (frame, step))
        } else {
            tooLarge = (bits, frame.count)
        }
    }

    /// The bits at which the estimated sizes, moved to go through a known one, reach just below the limit.
    private func estimate(from known: (bits: Double, bytes: Int)?) -> Double {
        let offset = known.map { Double($0.bytes) - size(bits: $0.bits) } ?? 0
        let target = Double(limit) * 0.998 - offset
        guard target > size(bits: range.lowerBound) else { return range.lowerBound }
        for bits in CodeWidths.all.dropLast() where Double(bits) >= range.lowerBound && Double(bits) < range.upperBound {
            let (low, high) = (size(bits: Double(bits)), size(bits: Double(bits + 1)))
            if target < high { return Double(bits) + max(0, target - low) / max(high - low, 1) }
        }
        let widest = Double(CodeWidths.all.upperBound)
        return min(range.upperBound, widest + max(0, target - size(bits: widest)) / max(bytesPerBit, 1))
    }

    /// Estimated bytes of a frame, linear between whole widths and beyond the last.
    private func size(bits: Double) -> Double {
        let widest = CodeWidths.all.upperBound
        let below = min(Int(bits), widest)
        let low = Double(summary.codedBytes(bits: below))
        guard below < widest else { return low + (bits - Double(widest)) * bytesPerBit }
        return low + (bits - Double(below)) * (Double(summary.codedBytes(bits: below + 1)) - low)
    }
}
