/// A problem string in its parts: `conv3x3/fwd/n8ci128co128hw32`.
struct Problem {
    let name: String
    let parts: [Substring]

    init(_ name: String) {
        self.name = name
        parts = name.split(separator: "/", omittingEmptySubsequences: false)
    }

    /// The numbers behind `keys` where part `index` consists of exactly these keys with a positive number each, e.g. `n8ci128` of `n`
    /// and `ci`. A number may end in `k` or `M`.
    func numbers(_ index: Int, _ keys: String...) -> [Int]? {
        guard parts.indices.contains(index) else { return nil }
        var rest = parts[index]
        var numbers: [Int] = []
        for key in keys {
            guard rest.hasPrefix(key) else { return nil }
            rest = rest.dropFirst(key.count)
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard let number = Int(digits), number >= 0 else { return nil }
            rest = rest.dropFirst(digits.count)
            let scale = rest.first == "M" ? 1_000_000 : rest.first == "k" ? 1_000 : 1
            if scale > 1 { rest = rest.dropFirst() }
            let (product, overflow) = number.multipliedReportingOverflow(by: scale)
            guard !overflow, product <= 1 << 40 else { return nil }
            numbers.append(product)
        }
        return rest.isEmpty ? numbers : nil
    }
}
