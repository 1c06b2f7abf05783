/// `value` (positive) to six significant digits.
func readable(_ value: Double, _ rule: FloatingPointRoundingRule = .toNearestOrAwayFromZero) -> Double {
    guard value > 0, value.isFinite else { return value }
    let digits = 5 - (naturalLogarithm(value) / naturalLogarithm(10)).rounded(.down)
    // Dividing by an exact power of ten keeps the shortest decimal form short.
    return digits < 0
        ? (value / power(10, -digits)).rounded(rule) * power(10, -digits)
        : (value * power(10, digits)).rounded(rule) / power(10, digits)
}
