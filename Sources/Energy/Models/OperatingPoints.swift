/// A frequency that a processor can be set to, and what it draws there.
public struct OperatingPoint: Sendable, Hashable {
    /// What the governor is set to.
    public let frequencyHertz: Double
    /// Power while computing, above what the device draws while it waits.
    public let powerWatts: Double
    /// Cycles that the same work takes here over those that it is counted with: above 1 where memory does not keep up.
    public let cyclesScale: Double

    /// A row of a table; `OperatingPoints` checks it.
    public init(frequencyHertz: Double, powerWatts: Double, cyclesScale: Double = 1) {
        (self.frequencyHertz, self.powerWatts, self.cyclesScale) = (frequencyHertz, powerWatts, cyclesScale)
    }

    /// A row that is described by its supply voltage, as Linux's device trees do: `P = coefficient * V^2 * f`, which leaves out leakage.
    ///
    /// - Parameters:
    ///   - frequencyHertz: what the governor is set to.
    ///   - supplyVolts: `opp-microvolt` in volts.
    ///   - dynamicPowerCoefficient: `dynamic-power-coefficient`, uW/MHz/V^2.
    ///   - cyclesScale: cycles that the same work takes here over those that it is counted with.
    public init(frequencyHertz: Double, supplyVolts: Double, dynamicPowerCoefficient: Double, cyclesScale: Double = 1) {
        let watts = dynamicPowerCoefficient / 1e6 * supplyVolts * supplyVolts * (frequencyHertz / 1e6)
        self.init(frequencyHertz: frequencyHertz, powerWatts: watts, cyclesScale: cyclesScale)
    }

    /// Counted cycles a second.
    package var cyclesPerSecond: Double { frequencyHertz / cyclesScale }
    var joulesPerCycle: Double { powerWatts / cyclesPerSecond }
}

/// A processor's measured power table, and the cheapest that mixtures of its rows reach.
///
/// A cycle at a row takes `1/s` seconds and `P/s` joules, `s` the row's cycles a second. Part of a round's cycles at one row and the rest
/// at another reaches every point between the two, and done early the processor waits. So what can be reached is bounded by the lower
/// convex hull of the rows, from the fastest to the one that spends the least on a cycle: slower ones cost time *and* energy, unless
/// waiting costs more.
public struct OperatingPoints: Sendable, Hashable {
    /// By rising frequency.
    public let rows: [OperatingPoint]
    /// The hull's corners, the fastest first; energy falls to the `cheapest` and then rises.
    let corners: [Corner]

    /// A row of the hull, for one cycle.
    struct Corner: Sendable, Hashable {
        /// Place in `rows`.
        let row: Int
        let seconds: Double
        let joules: Double
        /// Joules saved by each second more than at the corner before: falling from corner to corner, infinite at the first.
        var fallingWatts = Double.infinity
    }

    /// The table of `rows`, in any order.
    ///
    /// - Throws: no row or more than 4,096; a frequency, power or scale outside its range; two rows of one frequency. `field` names the row as
    ///   it was given.
    public init(_ rows: [OperatingPoint]) throws(EnergyInputError) {
        let counts = Self.countRange
        _ = try counts.checked(Double(rows.count))
        self.rows = try Self.sorted(rows)
        corners = Self.hull(self.rows)
    }

    /// The rows that some mixture needs, the fastest first.
    package var hull: [OperatingPoint] { corners.map { rows[$0.row] } }

    /// The fastest row's cycles a second.
    public var highestCyclesPerSecond: Double { rows[corners[0].row].cyclesPerSecond }

    /// The slowest row's.
    public var slowestCyclesPerSecond: Double { rows[corners[corners.count - 1].row].cyclesPerSecond }

    /// Those of the row that spends the least on a cycle where waiting saves nothing, else of the slowest that is worth while.
    ///
    /// - Parameter idleWatts: what waiting would draw.
    package func cheapestCyclesPerSecond(idleWatts: Double = 0) -> Double {
        rows[corners[cheapest(idleWatts: idleWatts)].row].cyclesPerSecond
    }

    /// The last corner that is worth its time.
    func cheapest(idleWatts: Double) -> Int { corners.partitioningIndex { $0.fallingWatts <= -idleWatts } - 1 }

    /// Least energy of a cycle that may take `seconds`; as fast as can be where that is too short.
    func joulesPerCycle(seconds: Double) -> Double {
        let (faster, slower, share) = mixture(seconds: seconds)
        return (1 - share) * corners[faster].joules + share * corners[slower].joules
    }

    /// The two corners whose mixture takes `seconds` a cycle, and the share of the cycles at the slower one.
    func mixture(seconds: Double) -> (faster: Int, slower: Int, share: Double) {
        let last = corners.count - 1
        guard seconds > corners[0].seconds else { return (0, 0, 0) }
        guard seconds < corners[last].seconds else { return (last, last, 0) }
        let slower = corners.partitioningIndex { $0.seconds > seconds }
        let (a, b) = (corners[slower - 1], corners[slower])
        return (slower - 1, slower, (seconds - a.seconds) / (b.seconds - a.seconds))
    }
}

extension OperatingPoints {
    package static let countRange = PhysicalRange(
        "operating_points", unit: "rows", 1...4096, wayOut: "give a row for each frequency that the processor has")
    package static let frequencyRange = PhysicalRange(
        "frequency_hz", unit: "Hz", 1...1e15, wayOut: "give hertz, e.g. 1.8e9")
    package static let powerRange = PhysicalRange(
        "power_w", unit: "W", 1e-9...1e6, wayOut: "give the power while computing less the power while waiting, in watts")
    package static let scaleRange = PhysicalRange(
        "cycles_scale", unit: "", 1e-3...1e3,
        wayOut: "give the cycles of the same work over those of the fastest code, or leave it out")

    /// Of a row that gives its supply voltage in place of a power.
    package static let voltageRange = PhysicalRange(
        "voltage_v", unit: "V", 0.1...5, wayOut: "give volts: device trees have microvolts, 800000 is 0.8")
    package static let dynamicPowerCoefficientRange = PhysicalRange(
        "dynamic_power_coefficient", unit: "uW/MHz/V^2", 1...1e5,
        wayOut: "give dynamic-power-coefficient as device trees have it, e.g. 436")

    /// The rows by rising frequency, each checked; nearly always they are in that order.
    private static func sorted(_ rows: [OperatingPoint]) throws(EnergyInputError) -> [OperatingPoint] {
        for place in rows.indices { try check(rows, place) }
        if isRising(rows, \.frequencyHertz) { return rows }
        let order = rows.indices.sorted { (rows[$0].frequencyHertz, $0) < (rows[$1].frequencyHertz, $1) }
        for (before, after) in zip(order, order.dropFirst()) { try check(rows, before: before, after: after) }
        return order.map { rows[$0] }
    }

    private static func isRising(_ rows: [OperatingPoint], _ value: (OperatingPoint) -> Double) -> Bool {
        rows.indices.dropFirst().allSatisfy { value(rows[$0 - 1]) < value(rows[$0]) }
    }

    private static func check(_ rows: [OperatingPoint], _ place: Int) throws(EnergyInputError) {
        let row = rows[place]
        _ = try frequencyRange.checked(row.frequencyHertz, row: place)
        _ = try powerRange.checked(row.powerWatts, row: place)
        _ = try scaleRange.checked(row.cyclesScale, row: place)
    }

    private static func check(_ rows: [OperatingPoint], before: Int, after: Int) throws(EnergyInputError) {
        let (a, b) = (rows[before], rows[after])
        guard a.frequencyHertz < b.frequencyHertz else {
            throw EnergyInputError(
                field: "operating_points[\(after)].frequency_hz", value: b.frequencyHertz, unit: "Hz",
                limit: "what no other row has (row \(before) has it, too)", wayOut: "keep one of the two powers")
        }
    }

    /// The lower hull of (seconds, joules) a cycle, from the fastest row to the slowest.
    private static func hull(_ rows: [OperatingPoint]) -> [Corner] {
        var hull: [Corner] = []
        hull.reserveCapacity(rows.count)
        var order = Array(rows.indices.reversed())
        if !isRising(rows, \.cyclesPerSecond) {
            order.sort { (rows[$1].cyclesPerSecond, $0) < (rows[$0].cyclesPerSecond, $1) }
        }
        for place in order {
            let seconds = 1 / rows[place].cyclesPerSecond
            let next = Corner(row: place, seconds: seconds, joules: rows[place].powerWatts * seconds)
            if let last = hull.last, next.seconds <= last.seconds {
                guard next.joules < last.joules else { continue }
                hull.removeLast()
            }
            while hull.count > 1, bendsUp(hull[hull.count - 2], hull[hull.count - 1], next) { hull.removeLast() }
            hull.append(next)
        }
        for place in hull.indices.dropFirst() {
            let (a, b) = (hull[place - 1], hull[place])
            hull[place].fallingWatts = (a.joules - b.joules) / (b.seconds - a.seconds)
        }
        return hull
    }

    /// Whether `b` lies on or above the line from `a` to `c`.
    private static func bendsUp(_ a: Corner, _ b: Corner, _ c: Corner) -> Bool {
        (b.joules - a.joules) * (c.seconds - a.seconds) >= (c.joules - a.joules) * (b.seconds - a.seconds)
    }
}

extension PhysicalRange {
    /// `value` of a column in row `place` of a device's operating points; the error names the row.
    package func checked(_ value: Double, row place: Int) throws(EnergyInputError) -> Double {
        guard !range.contains(value) else { return value + 0 }
        return try PhysicalRange("operating_points[\(place)].\(field)", unit: unit, range, wayOut: wayOut).checked(value)
    }
}

extension RandomAccessCollection where Index == Int {
    /// The first place whose element satisfies `belongs`, which does from some place on: by bisection.
    func partitioningIndex(_ belongs: (Element) -> Bool) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if belongs(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
