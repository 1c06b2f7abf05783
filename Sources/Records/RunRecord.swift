/// A line of a file of records, of which a run adds one or more each round or step.
package protocol RunRecord: Codable, Sendable {
    /// The round or step that it is of, from 1.
    var number: Int { get }
}

extension RunRecord {
    /// Whether every number is such as training writes, so that whoever reads it may add and draw: counts are not negative, other
    /// numbers are far from the end of their range.
    package var isSound: Bool {
        (1...RecordLimits.number).contains(number)
            && Mirror(reflecting: self).children.allSatisfy { field in
                switch field.value {
                case let count as Int: (0...RecordLimits.count).contains(count)
                case let value as Double: abs(value) <= RecordLimits.magnitude
                default: true
                }
            }
    }
}

/// What no record of a run reaches.
private enum RecordLimits {
    /// Rounds or steps.
    static let number = 1_000_000_000
    static let count = 1 << 60
    static let magnitude = 1e100
}

extension RoundRecord: RunRecord { package var number: Int { round } }
extension DeviceRecord: RunRecord { package var number: Int { round } }
extension SchemeRecord: RunRecord { package var number: Int { round } }
extension PretrainingRecord: RunRecord { package var number: Int { step } }

extension Sequence {
    /// The sum of counts; `Int.max` where it is larger.
    package func total(_ count: (Element) -> Int) -> Int {
        reduce(0) { sum, element in
            let (total, overflows) = sum.addingReportingOverflow(count(element))
            return overflows ? .max : total
        }
    }
}
