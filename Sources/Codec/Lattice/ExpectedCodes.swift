/// How often each code of a tensor is expected: either rounding takes a value to one of the two multiples beside it, to the nearer one
/// with the higher probability.
struct ExpectedCodes {
    /// From code `-largest` to code `largest`.
    private(set) var counts: [Double]
    private var largest: Int { counts.count / 2 }

    /// Of values on a lattice.
    init(_ histogram: [Int]) { counts = histogram.map(Double.init) }

    /// Goes on to the lattice of twice the step: every other code goes half to one, half to the other code beside it. Repeated, the shares
    /// stay in proportion to the distances, so the counts are exact.
    mutating func double() {
        let half = (largest + 1) / 2
        var coarse = [Double](repeating: 0, count: 2 * half + 1)
        for (index, count) in counts.enumerated() where count > 0 {
            let code = index - largest
            if code & 1 == 0 {
                coarse[code / 2 + half] += count
            } else {
                coarse[(code - 1) / 2 + half] += count / 2
                coarse[(code + 1) / 2 + half] += count / 2
            }
        }
        counts = coarse
    }
}
