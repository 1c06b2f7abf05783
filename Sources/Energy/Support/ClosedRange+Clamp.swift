extension ClosedRange<Double> {
    /// `value`, or the bound that it is beyond.
    func clamp(_ value: Double) -> Double { Swift.min(Swift.max(value, lowerBound), upperBound) }
}
