/// A device of any model on a shared band: the bandwidth that it takes at a price.
///
/// With `x = ln2*S/(B*t)` nats per symbol, `s = ln2*S`, `gamma = g/N0` and the amplifier's efficiency `e`, sending for `t` seconds draws
/// `circuit*t + s*h(x)/(gamma*e)`. What a second more of it saves at the best bandwidth falls with `t`, what it costs training rises: their
/// balance is a root in `t`, sought first among a table's corners.
struct BandDevice: Sendable {
    private let radio: RadioModel
    private let curve: ComputeCurve
    /// `T` less what receiving takes, s.
    private let budget: Double
    /// What waiting draws, where it counts.
    private let idleWatts: Double
    /// `s`.
    private let nats: Double
    /// `gamma`, Hz/W.
    private let gainOverNoise: Double
    /// What the fastest training leaves, s.
    private let longest: Double

    init(_ problem: DeviceEnergyProblem) {
        radio = problem.radio
        budget = problem.availableSeconds
        curve = ComputeCurve(problem)
        idleWatts = problem.idlePowerWatts
        nats = naturalLogarithmOfTwo * problem.payloadBits
        gainOverNoise = problem.radio.pathGain / problem.radio.noiseDensity
        longest = max(budget - problem.shortestComputeSeconds, BandLanes.shortestSeconds)
    }

    /// The bandwidth at which one more hertz saves `price`, J/Hz.
    func demand(price: Double) -> Double {
        let free = Sending(device: self, price: price, powerWatts: nil)
        let seconds = balancedSeconds(free)
        let x = free.natsPerSymbol(seconds)
        let power = nats * energyShape(x) / (gainOverNoise * seconds)
        guard power > radio.powerMaxWatts || power < radio.powerMinWatts else { return nats / (x * seconds) }
        let limit = power > radio.powerMaxWatts ? radio.powerMaxWatts : radio.powerMinWatts
        let limited = Sending(device: self, price: price, powerWatts: limit)
        let limitedSeconds = balancedSeconds(limited)
        return nats / (limited.natsPerSymbol(limitedSeconds) * limitedSeconds)
    }

    /// What a longer time for sending saves, at a price of bandwidth: with the power left free, or given.
    private struct Sending {
        let device: BandDevice
        let price: Double
        let powerWatts: Double?

        /// Nats per symbol of the best bandwidth for sending in `seconds`.
        func natsPerSymbol(_ seconds: Double) -> Double {
            let x =
                if let powerWatts {
                    inverseEnergyShape(device.gainOverNoise * powerWatts * seconds / device.nats)
                } else {
                    inverseMarginalShape(price * device.gainOverNoise * device.radio.amplifierEfficiency / seconds)
                }
            return min(max(x, BandNats.least), BandNats.most)
        }

        /// What a second more would save if only bandwidth had a price, J/s: falls with `seconds`.
        func savedWatts(_ seconds: Double) -> Double {
            let x = natsPerSymbol(seconds)
            guard let powerWatts else { return price * device.nats / (x * seconds * seconds) }
            let minusOne = exponentialMinusOne(x)
            let received = device.gainOverNoise * powerWatts
            return price * received * received / device.nats * ((minusOne + 1) / minusOne) * (x * x / marginalShape(x)) / minusOne
        }

        /// What a second of sending costs at any bandwidth above waiting, J/s.
        var drawnWatts: Double {
            (powerWatts.map(device.radio.drawnWatts) ?? device.radio.circuitPowerWatts) - device.idleWatts
        }
    }

    /// The seconds of sending at which what one more saves is what it draws and takes from training.
    private func balancedSeconds(_ sending: Sending) -> Double {
        guard curve.corners.isEmpty else { return balancedCorner(sending) }
        let training = curve.slope / budget
        let offset = sending.drawnWatts - training
        let (p, q) = (max(0, offset), max(0, -offset))
        let shortest = min(max(budget * (1 - curve.bounds.upperBound), BandLanes.shortestSeconds), longest)
        if shortest > BandLanes.shortestSeconds, sending.savedWatts(shortest) < sending.drawnWatts {
            return root(sending, equals: sending.drawnWatts, in: BandLanes.shortestSeconds...shortest)
        }
        return Self.fallingRoot(in: shortest...longest) { seconds in
            let theta = curve.bounds.clamp(1 - seconds / budget)
            let cubed = 2 * curve.inverseSquare / (budget * theta * theta * theta)
            return naturalLogarithm((sending.savedWatts(seconds) + q) / (cubed + p))
        }
    }

    /// Of a table: the first corner from which on a second is worth no less to the radio, then the piece before it.
    private func balancedCorner(_ sending: Sending) -> Double {
        let corners = curve.corners
        func seconds(_ corner: Int) -> Double { min(max(budget * (1 - curve.theta(corner)), BandLanes.shortestSeconds), longest) }
        var (low, high) = (1, corners.count)
        while low < high {
            let middle = (low + high) / 2
            let fits = curve.theta(middle - 1) < 1
            let cost = curve.fall(middle) / budget + sending.drawnWatts
            if !fits || cost <= sending.savedWatts(seconds(middle - 1)) { high = middle } else { low = middle + 1 }
        }
        let corner = low - 1
        let end = seconds(corner)
        if corner == corners.count - 1, curve.theta(corner) < 1, sending.savedWatts(end) < sending.drawnWatts {
            // Even the cheapest training leaves more than it pays to send for.
            return root(sending, equals: sending.drawnWatts, in: BandLanes.shortestSeconds...end)
        }
        guard corner > 0 else { return longest }
        return root(sending, equals: sending.drawnWatts + curve.fall(corner) / budget, in: end...max(end, seconds(corner - 1)))
    }

    private func root(_ sending: Sending, equals watts: Double, in range: ClosedRange<Double>) -> Double {
        guard watts > 0 else { return range.upperBound }
        return Self.fallingRoot(in: range) { naturalLogarithm(sending.savedWatts($0) / watts) }
    }

    /// Where `value`, which falls, is 0 within `range`, or the end nearest to that: secants in `ln t`, in which savings are nearly straight,
    /// within a bracket.
    private static func fallingRoot(in range: ClosedRange<Double>, _ value: (Double) -> Double) -> Double {
        var (low, high) = (naturalLogarithm(range.lowerBound), naturalLogarithm(range.upperBound))
        var (atLow, atHigh) = (value(range.lowerBound), value(range.upperBound))
        if !(atLow > 0) { return range.lowerBound }
        if !(atHigh < 0) { return range.upperBound }
        (atLow, atHigh) = (min(atLow, 1e3), max(atHigh, -1e3))
        var side = 0
        for _ in 0..<200 where high - low > 1e-15 * max(abs(low), 1) {
            var next = low + (high - low) * (atLow / (atLow - atHigh))
            if !(next > low && next < high) { next = low + (high - low) / 2 }
            guard next > low, next < high else { break }
            let found = value(exponential(next))
            // Illinois: an end that stays twice counts half, so that it moves, too.
            if found > 0 {
                (low, atLow) = (next, found)
                if side == 1 { atHigh /= 2 }
                side = 1
            } else {
                (high, atHigh) = (next, found)
                if side == -1 { atLow /= 2 }
                side = -1
            }
            if abs(found) < 1e-15 { return range.clamp(exponential(next)) }
        }
        return range.clamp(exponential(atLow < -atHigh ? low : high))
    }
}

/// `h(x) = (e^x - 1)/x`, x > 0.
private func energyShape(_ x: Double) -> Double { exponentialMinusOne(x) / x }

/// The x > 0 with `h(x) = ratio`; next to none where `ratio <= 1`. See the form in lanes.
private func inverseEnergyShape(_ ratio: Double) -> Double {
    guard ratio > 1 else { return BandNats.least }
    let logarithm = naturalLogarithm(ratio)
    var x = min(2 * logarithm, 2 * BandNats.most)
    for _ in 0..<60 {
        let minusOne = exponentialMinusOne(x)
        let next = max(x - (naturalLogarithm(minusOne / x) - logarithm) * x * minusOne / marginalShape(x), BandNats.least)
        if abs(next - x) <= 1e-15 * x { return next }
        x = next
    }
    return x
}
