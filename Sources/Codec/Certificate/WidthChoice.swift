/// A width for every tensor: the fewest bytes whose exact expected errors add up to no more than a limit.
///
/// Minimising `sum bytes_t(b_t)` subject to `sum D_t(b_t) <= limit` is a multiple-choice knapsack. Its linear relaxation is solved exactly by
/// taking the steps of every tensor's lower convex hull of (bytes, error) in the order of error saved a byte; the step that meets the limit
/// is taken whole, and steps that are not needed then are taken back. The relaxation bounds what any choice can reach.
package struct WidthChoice: Sendable, Equatable {
    /// Bits of each tensor, in the table's order.
    package let bits: [Int]
    /// Bytes of the whole frame.
    package let bytes: Int
    /// Exact expected squared error.
    package let expectedError: Double
    /// The relaxation's value of what was minimised: no choice of widths takes fewer bytes, or for a limit on the bytes errs less.
    package let lowerBound: Double
}

extension LevelErrorTable {
    /// The choice of the fewest bytes for a limit on the expected squared error; nil where the widest accepted width exceeds it.
    ///
    /// Ties go to the tensor that comes first.
    ///
    /// - Parameter accepted: widths in 2...8 (precondition).
    package func widths(errorAtMost limit: Double, accepted: ClosedRange<Int>) -> WidthChoice? {
        var chosen = TensorWidths(self, accepted: accepted)
        var lowerBound = Double(chosen.bytes)
        var taken: [WidthStep] = []
        for step in chosen.steps where chosen.error > limit {
            lowerBound = Double(chosen.bytes) + min(1, (chosen.error - limit) / step.errorSaved) * Double(step.bytes)
            chosen.take(step)
            taken.append(step)
        }
        // Sums of differences round; what is sent must keep the limit exactly.
        guard chosen.exactError <= limit else { return nil }
        for step in taken.sorted(by: { $0.bytes > $1.bytes }) { chosen.takeBack(step, whileErrorAtMost: limit) }
        return chosen.choice(lowerBound: lowerBound)
    }
    /// The widths of the least exact expected error whose frame has at most `limit` bytes; nil where the narrowest accepted width takes more.
    ///
    /// The steps of all tensors' hulls are taken in the order of error saved a byte as long as they fit.
    ///
    /// - Parameter accepted: widths in 2...8 (precondition).
    package func widths(bytesAtMost limit: Int, accepted: ClosedRange<Int>) -> WidthChoice? {
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

/// A width for every tensor, from the narrowest on, and the steps to wider ones.
struct TensorWidths {
    private let paths: [WidthPath]
    private var places: [Int]
    /// All tensors' steps: those that save the most error a byte come first, a tensor's own in their order.
    let steps: [WidthStep]
    /// Of the whole frame.
    private(set) var bytes: Int
    /// Expected squared error, up to the rounding of differences.
    private(set) var error: Double

    init(_ table: LevelErrorTable, accepted: ClosedRange<Int>) {
        let paths = table.tensors.map { WidthPath($0, accepted: accepted) }
        steps = paths.enumerated().flatMap { tensor, path in
            (1..<path.points.count).map { WidthStep(tensor: tensor, place: $0, path) }
        }.sorted { ($0.errorPerByte, $1.tensor, $1.place) > ($1.errorPerByte, $0.tensor, $0.place) }
        bytes =
            table.summary.codedBytes(bits: accepted.lowerBound)
            + paths.reduce(0) { $0 + $1.points[0].bytes }
            - table.tensors.reduce(0) { $0 + $1.codedBytes(bits: accepted.lowerBound) }
        error = paths.reduce(0) { $0 + $1.points[0].error }
        self.paths = paths
        places = [Int](repeating: 0, count: paths.count)
    }

    var exactError: Double { zip(paths, places).reduce(0) { $0 + $1.0.points[$1.1].error } }

    mutating func take(_ step: WidthStep) {
        places[step.tensor] = step.place
        error -= step.errorSaved
        bytes += step.bytes
    }

    /// Undoes a tensor's last step where the error stays within `limit` without it.
    mutating func takeBack(_ step: WidthStep, whileErrorAtMost limit: Double) {
        guard places[step.tensor] == step.place else { return }
        places[step.tensor] -= 1
        if exactError <= limit { bytes -= step.bytes } else { places[step.tensor] += 1 }
    }

    func choice(lowerBound: Double) -> WidthChoice {
        WidthChoice(
            bits: zip(paths, places).map { $0.points[$1].bits }, bytes: bytes, expectedError: exactError, lowerBound: lowerBound)
    }
}

/// A tensor's widths on the lower convex hull of bytes and error, from the fewest bytes on.
private struct WidthPath {
    struct Point {
        let bits: Int
        let bytes: Int
        let error: Double
    }

    private(set) var points: [Point] = []

    init(_ tensor: ErrorSummary, accepted: ClosedRange<Int>) {
        for bits in accepted {
            let point = Point(bits: bits, bytes: tensor.codedBytes(bits: bits), error: tensor.expectedError(bits: bits))
            // A wider code that errs as much, or more, wastes its bytes.
            if let last = points.last, point.error >= last.error { continue }
            while points.count >= 2, Self.isAbove(points[points.count - 1], points[points.count - 2], point) {
                points.removeLast()
            }
            if let last = points.last, point.bytes <= last.bytes { points.removeLast() }
            points.append(point)
        }
    }

    /// Whether `middle` lies on or above the line from `low` to `high`.
    private static func isAbove(_ middle: Point, _ low: Point, _ high: Point) -> Bool {
        (low.error - middle.error) * Double(high.bytes - low.bytes) <= (low.error - high.error) * Double(middle.bytes - low.bytes)
    }
}

/// From one point of a tensor's path to the next.
struct WidthStep {
    let tensor: Int
    let place: Int
    let bytes: Int
    let errorSaved: Double

    fileprivate init(tensor: Int, place: Int, _ path: WidthPath) {
        (self.tensor, self.place) = (tensor, place)
        bytes = path.points[place].bytes - path.points[place - 1].bytes
        errorSaved = path.points[place - 1].error - path.points[place].error
    }

    var errorPerByte: Double { errorSaved / Double(max(bytes, 1)) }
}
