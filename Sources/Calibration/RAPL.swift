import Foundation
import Report

/// The energy counters of x86 processors (running average power limit) as Linux shows them: those of the packages.
package struct RAPL: Sendable {
    private struct Domain: Sendable {
        let folder: String
        /// Microjoules after which the counter starts again.
        let range: UInt64
    }

    private let domains: [Domain]
    /// Packages whose counters cannot be used, each with the reason.
    package let packagesLeftOut: [String]

    /// - Parameter root: the folder of the powercap drivers; a tree like it in tests.
    /// - Throws: where there are no counters, or they may not be read.
    package init(root: String = "/sys/class/powercap") throws(RAPLError) {
        // Packages are intel-rapl:0, intel-rapl:1, ... on AMD's processors too; below them are parts, beside them the same by another way.
        let names = SystemFiles.names(in: root).filter { name in
            name.hasPrefix("intel-rapl:") && Int(name.dropFirst("intel-rapl:".count)) != nil
        }
        guard !names.isEmpty else { throw .absent(root: root) }
        var (domains, leftOut): ([Domain], [String]) = ([], [])
        for folder in names.map({ "\(root)/\($0)" }) {
            guard let name = SystemFiles.text("\(folder)/name") else {
                leftOut.append("\(folder) has no readable name")
                continue
            }
            guard name.hasPrefix("package") else { continue }
            guard let range = SystemFiles.number("\(folder)/max_energy_range_uj"), range > 0 else {
                leftOut.append("\(name) (\(folder)) does not say in max_energy_range_uj where its counter starts again")
                continue
            }
            domains.append(Domain(folder: folder, range: range))
        }
        guard !domains.isEmpty else { throw leftOut.isEmpty ? .absent(root: root) : .unusable(leftOut) }
        (self.domains, packagesLeftOut) = (domains, leftOut)
        _ = try read()
    }

    /// The counters as they are, in microjoules.
    package func read() throws(RAPLError) -> [UInt64] {
        var values: [UInt64] = []
        for domain in domains {
            let path = "\(domain.folder)/energy_uj"
            guard let value = SystemFiles.number(path) else {
                throw access(path, R_OK) == 0 ? .unreadable(path: path) : .denied(path: path)
            }
            values.append(value)
        }
        return values
    }

    /// Joules between two readings. A counter that started again in between counts once around; the time between readings must not
    /// be long enough for twice (hours).
    package func joules(from earlier: [UInt64], to later: [UInt64]) -> Double {
        var microjoules = 0.0
        for (index, domain) in domains.enumerated() {
            let (start, end) = (earlier[index], later[index])
            microjoules += end >= start ? Double(end - start) : Double(end) + Double(domain.range) - Double(start)
        }
        return microjoules / 1e6
    }
}

/// Why energy cannot be measured, and how it can.
package enum RAPLError: Error, Equatable, CustomStringConvertible {
    case absent(root: String)
    case denied(path: String)
    case unreadable(path: String)
    /// No package's counter can be used; why, for each.
    case unusable([String])
    /// The counters do not move.
    case still
    /// The packages took no more while the machine worked than while it was idle, in watts.
    case belowIdle(working: Double, idle: Double)

    package var description: String {
        switch self {
        case .absent(let root):
            "\(root) has no intel-rapl package: this machine or its kernel shows no energy counters (virtual machines rarely do); "
                + "on a real x86 machine try `sudo modprobe intel_rapl_msr`"
        case .denied(let path):
            "\(path) may not be read; allow it until the next boot with `sudo chmod a+r \(path)`, or run this command as root"
        case .unreadable(let path): "\(path) holds no number; the driver of this kernel does not count"
        case .unusable(let reasons): "no energy counter can be used: \(reasons.joined(separator: "; "))"
        case .belowIdle(let working, let idle):
            "the packages took \(Quantity.power(working)) while the machine worked, no more than the \(Quantity.power(idle)) while it was "
                + "idle; end other programs and measure again, with more steps"
        case .still: "the energy counters did not move while the machine worked; the driver of this kernel does not count"
        }
    }
}
