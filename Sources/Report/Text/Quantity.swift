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
    package static func bytes(_ count: Int) -> String { scaled(Double(count), "B", from: 0) }

    /// Joules, e.g. `3.21 J`, `410 mJ`, `1.65 µJ`.
    package static func energy(_ joules: Double) -> String { scaled(joules, "J", from: -6) }

    /// Seconds with a unit, e.g. `42.0 s`, `12.5 ms`.
    package static func time(_ seconds: Double) -> String {
        seconds >= 1000 ? "\(significant(seconds)) s" : scaled(seconds, "s", from: -3)
    }

    /// Floating-point operations, e.g. `0.61 GFLOP`.
    package static func flops(_ count: Double) -> String { scaled(count, "FLOP", from: 0) }

    /// A count, e.g. `1.81 M`.
    package static func count(_ value: Int) -> String {
        value < 1000 ? String(value) : scaled(Double(value), "", from: 0).trimmingCharacters(in: .whitespaces)
    }

    /// Three significant digits, in exponent form where the number is very small or very large.
    package static func significant(_ value: Double) -> String {
        guard value.isFinite else { return "\(value)" }
        let magnitude = abs(value)
        if magnitude == 0 { return "0" }
        if magnitude < 1e-3 || magnitude >= 1e6 { return String(format: "%.1e", value) }
        // The place of the first digit after rounding: 0.9996 shows as 1.00.
        let rounded = Double(String(format: "%.2e", magnitude)) ?? magnitude
        let decimals = max(0, 2 - Int(log10(rounded).rounded(.down)))
        return String(format: "%.\(decimals)f", value)
    }

    private static let prefixes = [-9: "n", -6: "µ", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T", 15: "P"]

    private static func scaled(_ value: Double, _ unit: String, from lowest: Int) -> String {
        guard value.isFinite else { return "\(value) \(unit)" }
        guard value != 0 else { return "0 \(unit)" }
        let exponent = Int((log10(abs(value) * 1.0005) / 3).rounded(.down)) * 3
        let clamped = min(max(exponent, lowest), 15)
        return "\(significant(value / pow(10, Double(clamped)))) \(prefixes[clamped, default: ""])\(unit)"
    }
}
