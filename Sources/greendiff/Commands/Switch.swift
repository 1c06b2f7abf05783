import ArgumentParser
import GreenDiffusion

/// The value of a flag that is on or off. A flag that stands alone is on.
enum Switch: String, CaseIterable, ExpressibleByArgument {
    case on, off

    /// The names of such flags.
    private static let flags = Set(Setting.allCases.filter { $0.choices == allCases.map(\.rawValue) }.map { "--\($0.name)" })

    /// The arguments of a command line with `on` behind every such flag that stands alone.
    static func completing(_ arguments: [String]) -> [String] {
        arguments.indices.flatMap { index in
            let stands = flags.contains(arguments[index])
            let next = index + 1 < arguments.count ? arguments[index + 1] : "--"
            return stands && next.hasPrefix("--") ? [arguments[index], on.rawValue] : [arguments[index]]
        }
    }
}
