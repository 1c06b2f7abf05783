import Kernels

/// A problem string in its parts: `conv3x3/fwd/n8ci128co128hw32`, or `conv3x3/fwd/bf16/n8ci128co128hw32` for activations of bfloat16.
struct Problem {
    private static let bfloat16 = "bf16"
    /// Which part names a precision other than float32.
    private static let precisionIndex = 2

    /// What activations are kept in.
    let precision: Precision
    /// All but the precision.
    let parts: [Substring]

    init(_ name: String) {
        var parts = name.split(separator: "/", omittingEmptySubsequences: false)
        let isReduced = parts.indices.contains(Self.precisionIndex) && parts[Self.precisionIndex] == Self.bfloat16
        if isReduced { parts.remove(at: Self.precisionIndex) }
        self.init(parts: parts, precision: isReduced ? .bfloat16 : .float32)
    }

    private init(parts: [Substring], precision: Precision) { (self.parts, self.precision) = (parts, precision) }

    /// The problem without its last part.
    var withoutLast: Problem { Problem(parts: parts.dropLast(), precision: precision) }

    /// The string of a problem of float32 with activations in `precision`.
    static func name(_ name: String, _ precision: Precision) -> String {
        guard precision == .bfloat16 else { return name }
        var parts = name.split(separator: "/", omittingEmptySubsequences: false)
        parts.insert(Self.bfloat16[...], at: min(precisionIndex, parts.count))
        return parts.joined(separator: "/")
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
