import Foundation

/// Numbers as a report shows them: three significant digits and a unit.
package enum UnitText {
    package static func bytes(_ count: Double) -> String { prefixed(count, "B", lowest: 0) }
    package static func joules(_ value: Double) -> String { prefixed(value, "J", lowest: -6) }
    package static func seconds(_ value: Double) -> String {
        abs(value) >= 1_000 ? "\(plain(value)) s" : prefixed(value, "s", lowest: -6)
    }
    package static func hertz(_ value: Double) -> String { prefixed(value, "Hz", lowest: 0) }
    package static func watts(_ value: Double) -> String { prefixed(value, "W", lowest: -6) }
    package static func grams(_ value: Double) -> String { prefixed(value, "g", lowest: -6) }
    package static func meters(_ value: Double) -> String { "\(plain(value)) m" }

    /// Without a unit; in exponent form where the number is very small or very large.
    package static func plain(_ value: Double) -> String {
        guard value.isFinite else { return "\(value)" }
        let magnitude = abs(value)
        if magnitude == 0 { return "0" }
        if magnitude < 1e-3 || magnitude >= 1e6 { return exponential(value, decimals: 2) }
        return String(format: "%.\(max(0, 2 - exponent(of: magnitude * 1.0005)))f", value)
    }

    /// With exactly as many decimals as a tick step of `step` needs.
    package static func tick(_ value: Double, step: Double) -> String {
        if value == 0 { return "0" }
        let decimals = max(0, -exponent(of: step * 1.0001))
        return decimals > 4 || abs(value) >= 1e6 ? exponential(value, decimals: 1) : String(format: "%.\(decimals)f", value)
    }

    /// Bits a parameter: whole numbers without decimals.
    package static func bits(_ value: Double) -> String {
        value == value.rounded() ? String(format: "%.0f", value) : plain(value)
    }

    private static func exponential(_ value: Double, decimals: Int) -> String {
        String(format: "%.\(decimals)e", value).replacingOccurrences(
            of: "e([+-])0?(\\d)", with: "e$1$2", options: .regularExpression
        ).replacingOccurrences(of: "e+", with: "e")
    }

    private static let prefixes = [-6: "µ", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T", 15: "P"]

    /// A unit in which values up to `largest` read well on an axis, and how much one of it is.
    package static func axisUnit(_ unit: String, largest: Double) -> (name: String, size: Double) {
        guard largest.isFinite, largest > 0 else { return (unit, 1) }
        let power = min(max(Int((Double(exponent(of: largest * 1.0005)) / 3).rounded(.down)) * 3, -6), 15)
        return ("\(prefixes[power, default: ""])\(unit)", pow(10, Double(power)))
    }

    private static func prefixed(_ value: Double, _ unit: String, lowest: Int) -> String {
        guard value.isFinite, value != 0 else { return "\(plain(value)) \(unit)" }
        let scale = axisUnit(unit, largest: max(abs(value), pow(10, Double(lowest))))
        return "\(plain(value / scale.size)) \(scale.name)"
    }

    private static func exponent(of magnitude: Double) -> Int { Int(log10(magnitude).rounded(.down)) }
}
