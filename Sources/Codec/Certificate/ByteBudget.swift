import Kernels

extension ErrorTable {
    /// The widths of the least exact expected error whose frame has at most `limit` bytes; nil where the narrowest accepted width takes more.
    ///
    /// For tables of levels (precondition). The steps of all tensors' hulls are taken in the order of error saved a byte as long as they fit.
    ///
    /// - Parameter accepted: widths in 2...8 (precondition).
    public func widths(bytesAtMost limit: Int, accepted: ClosedRange<Int>) -> WidthChoice? {
        var chosen = TensorWidths(self, accepted: accepted)
        guard chosen.bytes <= limit else { return nil }
        var bound: Double?
        // A step is a tensor's next one: where it does not fit, those after it do not either.
        var closed: Set<Int> = []
        for step in chosen.steps where !closed.contains(step.tensor) {
            if chosen.bytes + step.bytes <= limit {
                chosen.take(step)
            } else {
                bound = bound ?? chosen.error - step.errorSaved * Double(limit - chosen.bytes) / Double(step.bytes)
                closed.insert(step.tensor)
            }
        }
        return chosen.choice(lowerBound: bound ?? chosen.exactError)
    }
}

/// Codes an update into the frame of the least expected error that has at most `limit` bytes, and says how.
///
/// Levels get a width for each tensor, a lattice the finest step that fits: found by coding with steps that an estimate and the sizes so far
/// suggest, 99.5 % of the limit being enough.
///
/// - Parameters:
///   - accepted: widths in 2...8 (precondition): no tensor gets another, and a lattice's step lies between those called so many bits.
///   - values, table, binding, seed: as for a given coding.
/// - Throws: `CodecError.bytesNotMet` where the coarsest accepted coding takes more.
public func encodeUpdate(
    _ values: Tensor, table: ErrorTable, bytesAtMost limit: Int, accepted: ClosedRange<Int>, binding: FrameBinding, seed: UInt64,
    threads: Int = 1
) throws(CodecError) -> (frame: [UInt8], coding: UpdateCoding) {
    func encode(_ coding: UpdateCoding) throws(CodecError) -> [UInt8] {
        try encodeUpdate(values, table: table, coding: coding, binding: binding, seed: seed, threads: threads)
    }
    guard table.options.grid == .lattice else {
        guard let choice = table.widths(bytesAtMost: limit, accepted: accepted) else {
            throw .bytesNotMet(
                limit: limit, smallest: table.summary.codedBytes(bits: accepted.lowerBound), bits: accepted.lowerBound)
        }
        return (try encode(.widths(choice.bits)), .widths(choice.bits))
    }
    var search = StepSearch(table, bytesAtMost: limit, accepted: accepted)
    while let bits = search.nextBits {
        let coding = UpdateCoding.lattice(step: table.latticeStep(bits: bits))
        search.add(bits: bits, frame: try encode(coding), coding: coding)
    }
    guard let best = search.best else { throw .bytesNotMet(limit: limit, smallest: search.smallest, bits: accepted.lowerBound) }
    return best
}

/// The search for the finest lattice whose frame fits, over its real-valued bits: the frame grows with them.
private struct StepSearch {
    let limit: Int
    let accepted: ClosedRange<Int>
    /// Estimated bytes at whole widths.
    let summary: ErrorSummary
    /// The finest that fitted, and the coarsest that did not.
    private(set) var best: (frame: [UInt8], coding: UpdateCoding)?
    private var fitting: (bits: Double, bytes: Int)?
    private var tooLarge: (bits: Double, bytes: Int)?
    private var tries = 0

    init(_ table: ErrorTable, bytesAtMost limit: Int, accepted: ClosedRange<Int>) {
        (self.limit, self.accepted, summary) = (limit, accepted, table.summary)
    }

    /// Of the coarsest frame that was coded.
    var smallest: Int { tooLarge?.bytes ?? 0 }

    /// What to try next; nil when the best is good enough.
    var nextBits: Double? {
        let range = Double(accepted.lowerBound)...Double(accepted.upperBound)
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

    mutating func add(bits: Double, frame: [UInt8], coding: UpdateCoding) {
        tries += 1
        if frame.count <= limit {
            (fitting, best) = ((bits, frame.count), (frame, coding))
        } else {
            tooLarge = (bits, frame.count)
        }
    }

    /// The bits at which the estimated sizes, moved to go through a known one, reach just below the limit.
    private func estimate(from known: (bits: Double, bytes: Int)?) -> Double {
        let offset = known.map { Double($0.bytes) - size(bits: $0.bits) } ?? 0
        let target = Double(limit) * 0.998 - offset
        guard target > size(bits: Double(accepted.lowerBound)) else { return Double(accepted.lowerBound) }
        for bits in accepted.dropLast() {
            let (low, high) = (size(bits: Double(bits)), size(bits: Double(bits + 1)))
            if target < high { return Double(bits) + max(0, target - low) / max(high - low, 1) }
        }
        return Double(accepted.upperBound)
    }

    /// Estimated bytes of a frame, linear between whole widths.
    private func size(bits: Double) -> Double {
        let below = min(Int(bits), accepted.upperBound)
        let low = Double(summary.codedBytes(bits: below))
        guard below < accepted.upperBound else { return low }
        return low + (bits - Double(below)) * (Double(summary.codedBytes(bits: below + 1)) - low)
    }
}
