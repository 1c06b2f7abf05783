/// A setting's text, and how it becomes a value of the right kind or an error that names it.
struct SettingValue {
    /// The setting as whoever set it calls it, e.g. `bits`.
    let name: String
    let text: String

    func failure(_ problem: String, wayOut: String) -> ConfigurationError {
        ConfigurationError(name, text, problem, wayOut: wayOut)
    }

    /// A whole number within `limits`.
    func integer(in limits: ClosedRange<Int>) throws(ConfigurationError) -> Int {
        guard let value = Int(text) else {
            throw failure("is not a whole number", wayOut: "use \(Self.words(limits))")
        }
        guard limits.contains(value) else {
            throw failure("is outside \(limits)", wayOut: "use \(Self.words(limits))")
        }
        return value
    }

    /// A finite number above `lowest`, at most `highest`.
    func number(above lowest: Double, upTo highest: Double) throws(ConfigurationError) -> Double {
        try number(limits: "above \(lowest) and at most \(highest)") { $0 > lowest && $0 <= highest }
    }

    /// A finite number from `lowest` to `highest`.
    func number(from lowest: Double, upTo highest: Double) throws(ConfigurationError) -> Double {
        try number(limits: "from \(lowest) to \(highest)") { $0 >= lowest && $0 <= highest }
    }

    private func number(limits: String, _ isAllowed: (Double) -> Bool) throws(ConfigurationError) -> Double {
        guard let value = Double(text), value.isFinite else {
            throw failure("is not a number", wayOut: "use a number \(limits)")
        }
        guard isAllowed(value) else { throw failure("is not \(limits)", wayOut: "use a number \(limits)") }
        return value
    }

    /// Whole numbers with commas between them.
    func integers(in limits: ClosedRange<Int>) throws(ConfigurationError) -> [Int] {
        var values: [Int] = []
        for text in text.split(separator: ",", omittingEmptySubsequences: false) {
            values.append(try part(text).integer(in: limits))
        }
        return values
    }

    /// One value, or two with a colon between them, the smaller first.
    func range<Bound: Comparable>(
        _ bound: (SettingValue) throws(ConfigurationError) -> Bound
    ) throws(ConfigurationError) -> ClosedRange<Bound> {
        let (low, high) = halves
        let lowest = try bound(part(low))
        let highest = if let high { try bound(part(high)) } else { lowest }
        guard lowest <= highest else { throw failure("runs backwards", wayOut: "use \(highest):\(lowest)") }
        return lowest...highest
    }

    /// The two sides of the first colon, where there is one.
    var halves: (kind: String, argument: String?) {
        guard let colon = text.firstIndex(of: ":") else { return (text, nil) }
        return (String(text[..<colon]), String(text[text.index(after: colon)...]))
    }

    /// This value with another text, for its parts.
    func part(_ text: some StringProtocol) -> SettingValue { SettingValue(name: name, text: String(text)) }

    private static func words(_ limits: ClosedRange<Int>) -> String {
        limits.upperBound == .max ? "\(limits.lowerBound) or more" : "\(limits.lowerBound) to \(limits.upperBound)"
    }
}
