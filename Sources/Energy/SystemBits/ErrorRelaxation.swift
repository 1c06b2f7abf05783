/// The continuous relaxation of the choice of widths: devices may mix two of their options.
///
/// It is solved exactly by taking the steps of every device's lower convex hull, from the least energy on, in the order of error saved a
/// joule; the step that meets the limit is taken in part. That step's slope is the price at which the Lagrangian dual is largest, and both
/// have the same value.
struct ErrorRelaxation {
    /// The least energy of a mixture, J.
    private(set) var energyJoules: Double
    /// Energy that one unit of error costs there, J.
    private(set) var priceJoules = 0.0
    /// The options when the last step is taken whole: they keep the limit.
    private(set) var places: [Int]

    /// One step down a hull.
    private struct Step {
        let device: Int
        /// Its position on the hull.
        let order: Int
        /// The option that it leads to.
        let place: Int
        let energyJoules: Double
        let errorSaved: Double

        var errorPerJoule: Double { errorSaved / energyJoules }
    }

    /// - Parameter errorLimit: at least the sum of the devices' smallest errors (precondition of the caller).
    init(_ devices: [[WidthOption]], errorLimit: Double) {
        let hulls = devices.map(Self.hull)
        let steps = zip(devices, hulls).enumerated().flatMap { device, pair in
            let (options, hull) = pair
            return (1..<max(1, hull.count)).map { order in
                let (from, to) = (options[hull[order - 1]], options[hull[order]])
                return Step(
                    device: device, order: order, place: hull[order], energyJoules: to.energyJoules - from.energyJoules,
                    errorSaved: from.error - to.error)
            }
        }.sorted { ($0.errorPerJoule, $1.device, $1.order) > ($1.errorPerJoule, $0.device, $0.order) }
        places = hulls.map { $0[0] }
        energyJoules = WidthChoices.sum(devices, places) { $0.energyJoules }
        var whole = energyJoules
        var error = WidthChoices.sum(devices, places) { $0.error }
        for step in steps {
            // The running sum rounds: near the limit the sum itself decides.
            if error <= errorLimit * (1 + 1e-12) {
                error = WidthChoices.sum(devices, places) { $0.error }
                if error <= errorLimit { break }
            }
            energyJoules = whole + min(1, max(0, error - errorLimit) / step.errorSaved) * step.energyJoules
            priceJoules = step.energyJoules / step.errorSaved
            places[step.device] = step.place
            whole += step.energyJoules
            error -= step.errorSaved
        }
    }

    /// The options on the lower convex hull of energy and error, from the least energy on; every step saves error.
    private static func hull(_ options: [WidthOption]) -> [Int] {
        var hull: [Int] = []
        let order = options.indices.sorted {
            (options[$0].energyJoules, options[$0].error, $0) < (options[$1].energyJoules, options[$1].error, $1)
        }
        for place in order {
            let next = options[place]
            if let last = hull.last, next.error >= options[last].error { continue }
            while hull.count >= 2 {
                let (low, middle) = (options[hull[hull.count - 2]], options[hull[hull.count - 1]])
                let saved = (low.error - middle.error) * (next.energyJoules - low.energyJoules)
                guard saved <= (low.error - next.error) * (middle.energyJoules - low.energyJoules) else { break }
                hull.removeLast()
            }
            hull.append(place)
        }
        return hull
    }
}
