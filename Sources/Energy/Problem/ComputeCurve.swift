/// Training's energy by its share of the time budget, less what waiting would draw for as long where that counts: convex and decreasing
/// within `bounds`.
///
/// The law and the smooth form are `constant + slope*theta + inverseSquare/theta^2`; a table is a chain of straight pieces, whose corners
/// are rows of its hull.
struct ComputeCurve: Sendable {
    let bounds: ClosedRange<Double>
    /// Of the law and the smooth form, J; a table leaves them 0.
    let constant: Double
    let slope: Double
    let inverseSquare: Double
    /// Of a table, the fastest first, as far as they are worth their time; else none.
    let corners: ArraySlice<OperatingPoints.Corner>
    /// Share of the budget for a second a cycle: `W/T`.
    private let thetaScale: Double
    /// `W`.
    private let cycles: Double
    private let budget: Double
    private let idleWatts: Double

    init(_ problem: DeviceEnergyProblem) {
        let (compute, time) = (problem.compute, problem.availableSeconds)
        idleWatts = problem.idlePowerWatts
        cycles = compute.workCycles
        budget = time
        let cyclesPerSecond = cycles / time
        thetaScale = cyclesPerSecond
        var (constant, slope, coefficient) = (0.0, 0.0, 0.0)
        var slowest = compute.frequencyMinHertz
        switch compute.power {
        case .law(let tau): coefficient = tau
        case .smooth(let watts, let linear, let tau):
            (constant, slope, coefficient) = (linear * cycles, watts * time, tau)
            // Below (a/(2*tau))^(1/3) constant power makes slow expensive.
            let cheapest = cubeRoot(max(0, watts - idleWatts) / (2 * tau))
            slowest = min(max(slowest, cheapest), compute.frequencyMaxHertz)
        case .table(let points):
            corners = points.corners[...points.cheapest(idleWatts: idleWatts)]
            (self.constant, self.slope, inverseSquare) = (0, 0, 0)
            bounds = cyclesPerSecond * corners[0].seconds...cyclesPerSecond * corners[corners.count - 1].seconds
            return
        }
        corners = []
        (self.constant, self.slope) = (constant, slope - idleWatts * time)
        inverseSquare = coefficient * cycles * cyclesPerSecond * cyclesPerSecond
        bounds = cyclesPerSecond / compute.frequencyMaxHertz...cyclesPerSecond / slowest
    }

    /// Whether it is the paper's `A/theta^2` alone.
    var isLaw: Bool { corners.isEmpty && slope == 0 }

    /// J. `theta` inside the bounds.
    func joules(theta: Double) -> Double {
        guard corners.isEmpty else {
            let place = max(0, firstCorner(beyond: theta) - 1)
            let joules = cycles * corners[place].joules - idleWatts * budget * self.theta(place)
            return place + 1 < corners.count ? joules - fall(place + 1) * (theta - self.theta(place)) : joules
        }
        return constant + slope * theta + inverseSquare / (theta * theta)
    }

    /// `-dE/dtheta` to the right of `theta` and to its left, J: they differ at a corner, and beyond the bounds nothing is saved or
    /// everything is lost.
    func marginals(theta: Double) -> ClosedRange<Double> {
        guard corners.isEmpty else {
            // The corner behind which `theta` lies, or at which it is.
            let place = max(0, firstCorner(beyond: theta * (1 + Self.cornerTolerance)) - 1)
            let right = place + 1 < corners.count ? fall(place + 1) : 0
            guard theta <= self.theta(place) * (1 + Self.cornerTolerance) else { return right...right }
            return right...(place > 0 ? fall(place) : .greatestFiniteMagnitude)
        }
        let marginal = max(0, 2 * inverseSquare / (theta * theta * theta) - slope)
        return marginal...marginal
    }

    /// `theta`, or the corner that it is at but for rounding.
    func snapped(_ theta: Double) -> Double {
        guard !corners.isEmpty else { return theta }
        let corner = self.theta(max(0, firstCorner(beyond: theta * (1 + Self.cornerTolerance)) - 1))
        return abs(corner - theta) <= theta * Self.cornerTolerance ? corner : theta
    }

    /// `-dE/dtheta` where training is shortest, J: no larger multiplier changes its share.
    var largestMarginal: Double {
        guard corners.isEmpty else { return corners.count > 1 ? fall(1) : 0 }
        return marginals(theta: bounds.lowerBound).upperBound
    }

    /// The share that minimises `E + nu*theta` within the bounds; of several the smallest.
    func share(multiplier: Double) -> Double {
        guard corners.isEmpty else {
            // Falls become smaller from piece to piece.
            var (low, high) = (1, corners.count)
            while low < high {
                let middle = (low + high) / 2
                if fall(middle) > multiplier { low = middle + 1 } else { high = middle }
            }
            return theta(low - 1)
        }
        guard multiplier + slope > 0 else { return bounds.upperBound }
        return bounds.clamp(cubeRoot(2 * inverseSquare / (multiplier + slope)))
    }

    /// What a unit of theta saves on the piece that ends at corner `place`, J.
    func fall(_ place: Int) -> Double { budget * (corners[place].fallingWatts + idleWatts) }

    /// The share that a whole round at corner `place` takes.
    func theta(_ place: Int) -> Double { thetaScale * corners[place].seconds }

    private func firstCorner(beyond theta: Double) -> Int { corners.partitioningIndex { thetaScale * $0.seconds > theta } }

    /// A share so near a corner, relative to it, is at it.
    private static let cornerTolerance = 1e-9
}
