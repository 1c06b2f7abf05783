/// All that is known of a processor's power: a plan takes one of the forms.
public struct ProcessorDescription: Sendable, Hashable {
    /// Measured.
    public var table: OperatingPoints?
    /// `P = a + b*f + tau*f^3`: `a`, W, and `b`, W/Hz; they go with `coefficient`.
    public var constantWatts: Double?
    /// See `constantWatts`.
    public var wattsPerHertz: Double?
    /// `tau`, J*s^2/cycle^3.
    public var coefficient: Double?

    /// Nothing known, or what is given.
    public init(
        table: OperatingPoints? = nil, constantWatts: Double? = nil, wattsPerHertz: Double? = nil, coefficient: Double? = nil
    ) {
        (self.table, self.constantWatts, self.wattsPerHertz) = (table, constantWatts, wattsPerHertz)
        self.coefficient = coefficient
    }

    /// Whether no form is known.
    public var isEmpty: Bool { table == nil && constantWatts == nil && wattsPerHertz == nil && coefficient == nil }

    /// The form that `model` asks for, or what comes nearest to it: `table` takes the smooth form or the law where there is no table,
    /// `smooth` is fitted to a table, and `paper` has the power of the highest frequency where `tau` is not given.
    ///
    /// - Parameters:
    ///   - model: the form that is asked for.
    ///   - frequencyMaxHertz: at which the law meets the other forms.
    ///   - standard: `tau` where nothing is known.
    public func power(
        _ model: EnergyModel, frequencyMaxHertz: Double, standard: Double = PaperDevice.energyCoefficient
    ) -> ProcessorPower {
        let cubic = coefficient ?? standard
        let smooth: ProcessorPower? =
            (constantWatts ?? 0) == 0 && (wattsPerHertz ?? 0) == 0
            ? nil : .smooth(constantWatts: constantWatts ?? 0, wattsPerHertz: wattsPerHertz ?? 0, coefficient: cubic)
        switch model {
        case .table: return table.map { .table($0) } ?? smooth ?? .law(coefficient: cubic)
        case .smooth: return smooth ?? table.map(ProcessorPower.smooth(fittedTo:)) ?? .law(coefficient: cubic)
        case .paper:
            if let table, coefficient == nil, let top = table.rows.last {
                return .law(coefficient: top.powerWatts / cube(table.highestCyclesPerSecond))
            }
            // A coefficient beside other terms is not the law's.
            if let smooth {
                return .law(coefficient: smooth.joulesPerCycle(frequencyHertz: frequencyMaxHertz) / square(frequencyMaxHertz))
            }
            return .law(coefficient: cubic)
        }
    }
}

extension ProcessorPower {
    /// The smooth form that meets the rows of a table best: least squares of relative errors, no term negative.
    public static func smooth(fittedTo table: OperatingPoints) -> ProcessorPower {
        let top = table.highestCyclesPerSecond
        let rows = table.rows.map { (x: $0.cyclesPerSecond / top, watts: $0.powerWatts) }
        var best: (residual: Double, terms: [Double])?
        // Constant, linear, cubic: those of them that are not negative.
        for used in [[0, 1, 2], [0, 1], [0, 2], [1, 2], [0], [1], [2]] {
            guard let terms = fit(rows, used: used), terms.allSatisfy({ $0 >= 0 }) else { continue }
            let residual = rows.reduce(0) { $0 + square((value(terms, $1.x) - $1.watts) / $1.watts) }
            if best.map({ residual < $0.residual }) ?? true { best = (residual, terms) }
        }
        let terms = best?.terms ?? [0, 0, rows[rows.count - 1].watts]
        return .smooth(
            constantWatts: terms[0], wattsPerHertz: terms[1] / top,
            coefficient: max(terms[2] / cube(top), ComputeModel.coefficientRange.range.lowerBound))
    }

    private static func value(_ terms: [Double], _ x: Double) -> Double { terms[0] + terms[1] * x + terms[2] * cube(x) }

    /// The normal equations by Gaussian elimination; nil where the rows do not determine the terms.
    private static func fit(_ rows: [(x: Double, watts: Double)], used: [Int]) -> [Double]? {
        guard rows.count >= used.count else { return nil }
        var matrix = [[Double]](repeating: [Double](repeating: 0, count: used.count + 1), count: used.count)
        for row in rows {
            let powers = [1, row.x, cube(row.x)].map { $0 / row.watts }
            for (i, first) in used.enumerated() {
                for (j, second) in used.enumerated() { matrix[i][j] += powers[first] * powers[second] }
                matrix[i][used.count] += powers[first]
            }
        }
        for pivot in used.indices {
            let largest = (pivot..<used.count).max { abs(matrix[$0][pivot]) < abs(matrix[$1][pivot]) } ?? pivot
            matrix.swapAt(pivot, largest)
            guard abs(matrix[pivot][pivot]) > 1e-12 * abs(matrix[pivot][used.count]) else { return nil }
            for row in used.indices where row != pivot {
                let factor = matrix[row][pivot] / matrix[pivot][pivot]
                for column in pivot...used.count { matrix[row][column] -= factor * matrix[pivot][column] }
            }
        }
        var terms = [0.0, 0.0, 0.0]
        for (place, term) in used.enumerated() { terms[term] = matrix[place][used.count] / matrix[place][place] }
        return terms.allSatisfy(\.isFinite) ? terms : nil
    }
}

private func square(_ x: Double) -> Double { x * x }
private func cube(_ x: Double) -> Double { x * x * x }
