import Foundation
import Kernels

/// The lines of a file of records: how many, and a hash of them in their order, but for what the clock and an energy meter said.
///
/// Each line is hashed with the digest of those before it, so a line more costs its own length.
struct LineDigest: Codable, Equatable {
    private(set) var lines = 0
    /// XXH3-128 of the digest before, 16 bytes, and the line.
    private(set) var digest = hexadecimal((0, 0))

    /// Fields that differ between runs of the same settings.
    private static let clockFields = ["wall_s", "images_per_second"]

    /// Fields that some lines of runs of the same settings have: what a meter added, also later, and what only the first line of a call says.
    private static let ownFields = [
        "energy_measured_j", "energy_measured_idle_w", "measured_samples", "initialisation_wall_s", "evaluation_wall_s",
        "coordination_wall_s",
    ]

    mutating func add(_ line: Data) {
        lines += 1
        digest = hexadecimal(Array(digest.utf8 + Self.withoutClock(Self.withoutOwn(line))).withUnsafeBytes(hash128))
    }

    /// A line without those; none of them is its last.
    private static func withoutOwn(_ line: Data) -> Data {
        ownFields.reduce(line) { line, field in
            guard let name = line.range(of: Data("\"\(field)\":".utf8)),
                let end = line[name.upperBound...].firstIndex(of: UInt8(ascii: ","))
            else { return line }
            return line[..<name.lowerBound] + line[line.index(after: end)...]
        }
    }

    /// A line without the numbers of its clock fields.
    private static func withoutClock(_ line: Data) -> Data {
        clockFields.reduce(line) { line, field in
            guard let name = line.range(of: Data("\"\(field)\":".utf8)) else { return line }
            let end = line[name.upperBound...].firstIndex { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "}") }
            return line[..<name.upperBound] + line[(end ?? line.endIndex)...]
        }
    }
}
