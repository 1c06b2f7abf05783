/// Branch and bound over the devices that are still in doubt.
///
/// With the relaxation's price `nu`, an option's *regret* is how much `E + nu*D` exceeds the device's smallest. A choice's energy is at
/// least the bound plus its regrets. So a device whose other options have regrets beyond the gap is settled, and a branch ends where
/// its regrets use up the gap.
struct WidthSearch {
    private let devices: [[WidthOption]]
    private let errorLimit: Double
    private let lowerBoundJoules: Double
    private(set) var best: WidthChoices
    private var nodesLeft: Int
    /// The devices in doubt, those with the widest range of errors first.
    private let open: [Candidate]
    /// Smallest error that the devices in doubt from this one on can reach; one more element, 0.
    private let smallestErrors: [Double]
    /// Of the devices that are settled.
    private let settledPlaces: [Int]
    private let settledError: Double

    /// A device in doubt: the options that could be in a better choice, the least regret first.
    private struct Candidate {
        let device: Int
        let options: [(place: Int, regret: Double, error: Double)]

        var smallestError: Double { options.map(\.error).min() ?? 0 }
        var errorRange: Double { (options.map(\.error).max() ?? 0) - smallestError }
    }

    /// More devices in doubt are not searched: the gap tells how good the choice is.
    private static let mostOpen = 200

    init(
        _ devices: [[WidthOption]], _ relaxation: ErrorRelaxation, errorLimit: Double, best: WidthChoices, nodeLimit: Int
    ) {
        (self.devices, self.errorLimit, self.best) = (devices, errorLimit, best)
        (lowerBoundJoules, nodesLeft) = (relaxation.energyJoules, nodeLimit)
        let gap = best.energyJoules - relaxation.energyJoules
        let all = devices.enumerated().map { device, options in
            let costs = options.map { $0.energyJoules + relaxation.priceJoules * $0.error }
            let least = costs.min() ?? 0
            let kept = options.indices.map { (place: $0, regret: costs[$0] - least, error: options[$0].error) }
                .filter { $0.regret <= gap * (1 + 1e-9) }
                .sorted { ($0.regret, $0.place) < ($1.regret, $1.place) }
            return Candidate(device: device, options: kept)
        }
        open = all.filter { $0.options.count > 1 }.sorted { ($0.errorRange, $1.device) > ($1.errorRange, $0.device) }
        var places = best.places
        for candidate in all where candidate.options.count == 1 { places[candidate.device] = candidate.options[0].place }
        settledPlaces = places
        settledError = all.filter { $0.options.count == 1 }.reduce(0) { $0 + $1.options[0].error }
        var smallest = [0.0]
        for candidate in open.reversed() { smallest.append((smallest.last ?? 0) + candidate.smallestError) }
        smallestErrors = smallest.reversed()
    }

    /// Searches; true where nothing was left out, so that `best` costs the least.
    mutating func run() -> Bool {
        // Within rounding of the bound nothing is left to find.
        if best.energyJoules <= lowerBoundJoules * (1 + 1e-12) { return true }
        guard open.count <= Self.mostOpen else { return false }
        var places = settledPlaces
        visit(0, regret: 0, error: settledError, places: &places)
        return nodesLeft > 0
    }

    private mutating func visit(_ depth: Int, regret: Double, error: Double, places: inout [Int]) {
        guard nodesLeft > 0 else { return }
        nodesLeft -= 1
        guard error + smallestErrors[depth] <= errorLimit * (1 + 1e-12) else { return }
        guard depth < open.count else {
            let found = WidthChoices(devices, places: places)
            if found.error <= errorLimit, found.energyJoules < best.energyJoules { best = found }
            return
        }
        let candidate = open[depth]
        for option in candidate.options {
            guard lowerBoundJoules + regret + option.regret < best.energyJoules * (1 - 1e-12) else { return }
            places[candidate.device] = option.place
            visit(depth + 1, regret: regret + option.regret, error: error + option.error, places: &places)
        }
    }
}
