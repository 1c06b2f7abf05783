/// A sum that comes out the same to the bit in any order and grouping, so that neither threads nor the order of devices show.
///
/// Every addend is split into multiples of two fixed quanta. The sums of either are exact, because they stay below 2^53 quanta.
struct ReproducibleSum: Sendable {
    private let coarseShift: Double
    private let fineShift: Double
    private var coarse = 0.0
    private var fine = 0.0

    /// - Parameters:
    ///   - largest: bound of the addends' magnitude, positive.
    ///   - count: bound of their number.
    init(largest: Double, count: Int) {
        // A power of two above every addend: the spacing of the numbers around it, times 2^52.
        let scale = largest.ulp * 0x1p53
        let coarseQuantum = scale * 0x1p-26
        let fineQuantum = scale * power(2, (naturalLogarithm(Double(max(count, 2))) / naturalLogarithmOfTwo).rounded(.up) - 79)
        // Adding 1.5*2^52 quanta rounds to a multiple of the quantum.
        coarseShift = coarseQuantum * 0x1.8p52
        fineShift = fineQuantum * 0x1.8p52
    }

    /// Adds `value`, rounded to about 2^-52 of the bound over the count's magnitude.
    @inline(__always)
    mutating func add(_ value: Double) {
        let high = (value + coarseShift) - coarseShift
        coarse += high
        fine += ((value - high) + fineShift) - fineShift
    }

    /// Adds another sum of the same bounds.
    mutating func add(_ other: Self) {
        coarse += other.coarse
        fine += other.fine
    }

    var value: Double { coarse + fine }

    /// The sum of `values`, none of which is negative or above `largest`; without it, above the largest of them.
    static func of(_ values: some Collection<Double>, largest: Double? = nil) -> Double {
        let bound = largest ?? values.reduce(.leastNormalMagnitude) { max($0, $1) }
        var sum = Self(largest: bound, count: values.count)
        for value in values { sum.add(value) }
        return sum.value
    }
}
