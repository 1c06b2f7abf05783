import Foundation

/// Numbers as people read them: three significant digits, a fitting unit.
package enum Quantity {
    /// Seconds as `2:41` or `1:02:41`.
    package static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "--:--" }
        let whole = Int(seconds.rounded())
        let minutes = String(format: "%d:%02d", whole / 60 % 60, whole % 60)
        return whole < 3600 ? minutes : String(format: "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
    }

    /// Bytes in decimal units, e.g. `14.1 MB`.
    package static func bytes(_ count: Int) -> String { bytes(Double(count)) }
    package static func bytes(_ count: Double) -> String { scaled(count, "B", from: 0) }

    /// Joules, e.g. `3.21 J`, `410 mJ`, `1.65 µJ`.
    package static func energy(_ joules: Double) -> String { scaled(joules, "J") }

    /// Seconds with a unit, e.g. `42.0 s`, `12.5 ms`.
    package static func time(_ seconds: Double) -> String {
        abs(seconds) >= 1000 ? "\(scientific(seconds)) s" : scaled(seconds, "s")
    }

    package static func frequency(_ hertz: Double) -> String { scaled(hertz, "Hz", from: 0) }
    package static func power(_ watts: Double) -> String { scaled(watts, "W") }
    package static func mass(_ grams: Double) -> String { scaled(grams, "g") }
    package static func distance(_ metres: Double) -> String { "\(scientific(metres)) m" }

    /// Floating-point operations, e.g. `0.61 GFLOP`.
    package static func flops(_ count: Double) -> String { scaled(count, "FLOP", from: 0) }

    /// A count, e.g. `1.81 M`.
    package static func count(_ value: Int) -> String {
        value < 1000 ? String(value) : scaled(Double(value), "", from: 0).trimmingCharacters(in: .whitespaces)
    }

    /// A whole number without decimals, another with three significant digits.
    package static func number(_ value: Double) -> String {
        value == value.rounded() ? String(format: "%.0f", value) : scientific(value)
    }

    /// Three significant digits; a number that is very small or very large as a terminal shows it, `6.0e-04`.
    package static func significant(_ value: Double) -> String {
        threeDigits(value) { String(format: "%.1e", $0) }
    }

    /// Three significant digits; a number that is very small or very large as a page shows it, `6.02e-4`. Quantities with a unit do so
    /// everywhere.
    package static func scientific(_ value: Double) -> String { threeDigits(value) { exponential($0, decimals: 2) } }

    /// A value with its standard error, which has two significant digits: `0.568 ± 0.040`, blanks that no line breaks at.
    package static func measured(_ value: Double, error: Double) -> String {
        guard value.isFinite, error > 1e-6, error < 1e3 else { return "\(scientific(value))\u{A0}±\u{A0}\(scientific(error))" }
        let decimals = max(0, 1 - Int(log10(error).rounded(.down)))
        return String(format: "%.\(decimals)f\u{A0}±\u{A0}%.\(decimals)f", value, error)
    }

    /// With exactly as many decimals as a tick step of `step` needs.
    package static func tick(_ value: Double, step: Double) -> String {
        if value == 0 { return "0" }
        let decimals = max(0, -Int(log10(step * 1.0001).rounded(.down)))
        return decimals > 4 || abs(value) >= 1e6 ? exponential(value, decimals: 1) : String(format: "%.\(decimals)f", value)
    }

    /// A unit in which values up to `largest` read well on an axis, and how much one of it is.
    ///
    /// - Parameter lowest: power of ten of the smallest unit.
    package static func axisUnit(_ unit: String, largest: Double, from lowest: Int = -6) -> (name: String, size: Double) {
        guard largest.isFinite, largest > 0 else { return (unit, 1) }
        let power = min(max(Int((log10(largest * 1.0005) / 3).rounded(.down)) * 3, lowest), 15)
        return ("\(prefixes[power, default: ""])\(unit)", pow(10, Double(power)))
    }

    private static let prefixes = [-6: "µ", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T", 15: "P"]

    private static func scaled(_ value: Double, _ unit: String, from lowest: Int = -6) -> String {
        guard value.isFinite, value != 0 else { return "\(scientific(value)) \(unit)" }
        let scale = axisUnit(unit, largest: abs(value), from: lowest)
        return "\(scientific(value / scale.size)) \(scale.name)"
    }

    private static func threeDigits(_ value: Double, extreme: (Double) -> String) -> String {
        guard value.isFinite else { return "\(value)" }
        let magnitude = abs(value)
        if magnitude == 0 { return "0" }
        if magnitude < 1e-3 || magnitude >= 1e6 { return extreme(value) }
        // The place of the first digit after rounding: 0.9996 shows as 1.00.
        let rounded = Double(String(format: "%.2e", magnitude)) ?? magnitude
        return String(format: "%.\(max(0, 2 - Int(log10(rounded).rounded(.down))))f", value)
    }

    /// E.g. `6.02e-4`, `1.5e7`: no zeros and no plus in the exponent.
    private static func exponential(_ value: Double, decimals: Int) -> String {
        String(format: "%.\(decimals)e", value).replacingOccurrences(
            of: "e([+-])0?(\\d)", with: "e$1$2", options: .regularExpression
        ).replacingOccurrences(of: "e+", with: "e")
    }
}
