/// A width for every device of a round: the least energy at which their errors add up to no more than a limit.
///
/// Minimise `sum E_k(b_k)` subject to `sum p_k^2*D_k(b_k) <= epsilon` over integers `b_k`. (The paper lets every device meet its own demand
/// alone.) A price on the error splits the problem by devices: its best value is that of the continuous relaxation, which walks down each
/// device's lower convex hull of energy and error, and bounds what any choice can reach. Rounding, exchanges and, while few devices are in
/// doubt, branch and bound find the choice.
public struct SystemBits: Sendable, Equatable {
    /// For every device the place of its option.
    public let choices: [Int]
    /// Of all devices together, J.
    public let energyJoules: Double
    /// Of the aggregate; at most the limit.
    public let error: Double
    /// No choice costs less; reached by mixing two neighbouring options of one device.
    public let lowerBoundJoules: Double
    /// What one unit less of error would cost in the relaxation, J; 0 where the limit does not bind.
    public let errorPriceJoules: Double
    /// Whether branch and bound finished: no choice costs less than this one.
    public let isOptimal: Bool

    /// How much more the choice costs than the bound, as a share of the bound.
    public var gapRelative: Double {
        lowerBoundJoules > 0 ? max(0, energyJoules / lowerBoundJoules - 1) : 0
    }
}

/// A limit on the aggregate's error that no choice of widths keeps.
public struct UnreachableError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The largest error that was allowed.
    public let limit: Double
    /// The smallest error that can be reached.
    public let smallest: Double

    /// Both errors and the way out in one line.
    public var description: String {
        "an aggregate error of \(limit) is below \(smallest), the smallest that the devices' widths reach; "
            + "allow at least \(readable(smallest, .up)), or accept wider codes"
    }
}

extension SystemBits {
    /// The choice for these devices' options.
    ///
    /// - Parameters:
    ///   - devices: at least one option each (precondition), in any order.
    ///   - errorLimit: the largest error of the aggregate, `epsilon`.
    ///   - incumbent: a choice known before; where it keeps the limit, the result costs no more.
    ///   - nodeLimit: places that branch and bound may visit.
    /// - Throws: where even the most exact options exceed the limit.
    public static func solve(
        _ devices: [[WidthOption]], errorLimit: Double, incumbent: [Int]? = nil, nodeLimit: Int = 200_000
    ) throws(UnreachableError) -> SystemBits {
        precondition(devices.allSatisfy { !$0.isEmpty }, "a device has no options")
        let smallest = devices.reduce(0) { $0 + ($1.map(\.error).min() ?? 0) }
        guard smallest <= errorLimit else { throw UnreachableError(limit: errorLimit, smallest: smallest) }
        let relaxation = ErrorRelaxation(devices, errorLimit: errorLimit)
        var best = WidthChoices(devices, places: relaxation.places)
        best.improve(errorLimit: errorLimit)
        if let incumbent {
            precondition(zip(devices, incumbent).allSatisfy { $0.indices.contains($1) } && incumbent.count == devices.count)
            var other = WidthChoices(devices, places: incumbent)
            if other.error <= errorLimit, other.energyJoules < best.energyJoules {
                other.improve(errorLimit: errorLimit)
                best = other
            }
        }
        var search = WidthSearch(devices, relaxation, errorLimit: errorLimit, best: best, nodeLimit: nodeLimit)
        let isOptimal = search.run()
        return SystemBits(
            choices: search.best.places, energyJoules: search.best.energyJoules, error: search.best.error,
            lowerBoundJoules: min(relaxation.energyJoules, search.best.energyJoules), errorPriceJoules: relaxation.priceJoules,
            isOptimal: isOptimal)
    }
}
