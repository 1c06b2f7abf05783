import Foundation
import Report

/// The energy counters of x86 processors (running average power limit) as Linux shows them: those of the packages.
package struct RAPL: Sendable {
    /// The counter of one package.
    private struct Domain: Sendable {
        /// E.g. `package-0`, or `package-0-die-1`.
        let package: String
        let folder: String
        /// Microjoules after which the counter starts again.
        let range: UInt64

        /// - Throws: why the counter cannot be used.
        init(package: String, folder: String) throws(RAPLError) {
            guard SystemFiles.text("\(folder)/name") != nil else { throw .nameless(folder: folder) }
            guard let range = SystemFiles.number("\(folder)/max_energy_range_uj"), range > 0 else {
                throw .rangeless(package: package, folder: folder)
            }
            (self.package, self.folder, self.range) = (package, folder, range)
            _ = try microjoules()
        }

        func microjoules() throws(RAPLError) -> UInt64 {
            let path = "\(folder)/energy_uj"
            guard let value = SystemFiles.number(path) else {
                throw access(path, R_OK) == 0 || errno == ENOENT ? .unreadable(path: path) : .denied(path: path)
            }
            return value
        }
    }

    private let domains: [Domain]
    /// Packages whose counters cannot be used, each with the reason.
    package let packagesLeftOut: [String]

    /// Drivers that show packages. A package that both show is counted once, by the first that can be read.
    private static let drivers = ["intel-rapl", "intel-rapl-mmio"]

    /// - Parameter root: the folder of the powercap drivers; a tree like it in tests.
    /// - Throws: where there are no counters, or none can be used.
    package init(root: String = "/sys/class/powercap") throws(RAPLError) {
        var (domains, counted): ([Domain], Set<String>) = ([], [])
        var faults: [(package: String, error: RAPLError)] = []
        for driver in Self.drivers {
            let packages = Self.packages(of: driver, in: root)
            for (name, folder) in packages where !counted.contains(name) {
                do throws(RAPLError) { domains.append(try Domain(package: name, folder: folder)) } catch {
                    faults.append((name, error))
                }
            }
            counted.formUnion(domains.map(\.package))
        }
        var missing: [RAPLError] = []
        var named = counted
        for fault in faults where named.insert(fault.package).inserted { missing.append(fault.error) }
        guard !domains.isEmpty else {
            guard let first = missing.first else { throw .absent(root: root) }
            throw missing.count == 1 ? first : .unusable(missing.map(\.description))
        }
        (self.domains, packagesLeftOut) = (domains, missing.map(\.description))
    }

    /// Names and folders of the packages that a driver shows: its zones `DRIVER:0`, `DRIVER:1`, ... on AMD's processors too, whose name
    /// begins with `package`. The platform (`psys`) is beside them, and what lies below (`DRIVER:0:0`) is part of them. A zone that hides its
    /// name counts by its folder's.
    private static func packages(of driver: String, in root: String) -> [(name: String, folder: String)] {
        SystemFiles.names(in: root).compactMap { zone in
            guard zone.hasPrefix("\(driver):"), Int(zone.dropFirst(driver.count + 1)) != nil else { return nil }
            let folder = "\(root)/\(zone)"
            let name = SystemFiles.text("\(folder)/name") ?? zone
            return name.hasPrefix("package") || name == zone ? (name, folder) : nil
        }
    }

    /// The counters as they are, in microjoules.
    package func read() throws(RAPLError) -> [UInt64] {
        var values: [UInt64] = []
        for domain in domains { values.append(try domain.microjoules()) }
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
    /// A zone does not say what it counts.
    case nameless(folder: String)
    /// A counter does not say where it starts again.
    case rangeless(package: String, folder: String)
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
        case .nameless(let folder): "\(folder) has no readable name"
        case .rangeless(let package, let folder):
            "\(package) (\(folder)) does not say in max_energy_range_uj where its counter starts again"
        case .unusable(let reasons): "no energy counter can be used: \(reasons.joined(separator: "; "))"
        case .belowIdle(let working, let idle):
            "the packages took \(Quantity.power(working)) while the machine worked, no more than the \(Quantity.power(idle)) while it was "
                + "idle; end other programs and measure again, with more steps"
        case .still: "the energy counters did not move while the machine worked; the driver of this kernel does not count"
        }
    }
}
