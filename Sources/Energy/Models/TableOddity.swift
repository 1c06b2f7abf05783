/// Something about the rows of a table that was repaired, or is allowed and may be a mistake.
package enum TableOddity: Sendable, Equatable, CustomStringConvertible {
    /// A row as it was given: its place there, and what it says.
    package struct Row: Sendable, Equatable {
        let place: Int
        let point: OperatingPoint
    }

    /// A row of a lower frequency than the one before it: the table sorts them.
    case unsorted(before: Row, row: Row)
    /// A row that is faster than the next slower one and draws less: the first of so many.
    case powerFalls(slower: Row, faster: Row, count: Int)
    /// The only row.
    case single(Row)
    /// The fastest row, which also spends the least on a cycle: plans use no other.
    case fastestIsCheapest(Row)

    package var description: String {
        switch self {
        case .unsorted(let before, let row):
            "\(row.frequency) stands behind \(before.frequency); the rows are taken by rising frequency"
        case .powerFalls(let slower, let faster, let count):
            "power falls with frequency\(count > 1 ? " \(count) times, first" : "") from \(slower.power) to \(faster.power); "
                + "plans leave out what no mixture of rows needs, check both"
        case .single(let row): "\(row.frequency) is the only one, and the only frequency; give a row for each that there is"
        case .fastestIsCheapest(let row):
            "\(row.power) is the fastest and spends the least on a cycle, so slower ones save nothing; check their powers"
        }
    }
}

extension TableOddity.Row {
    fileprivate var frequency: String { "row \(place) (\(point.frequencyHertz) Hz)" }
    fileprivate var power: String { "row \(place) (\(point.frequencyHertz) Hz, \(point.powerWatts) W)" }
}

extension OperatingPoints {
    /// What is odd about the rows of a table that can be used, as they were given.
    package static func oddities(of rows: [OperatingPoint]) -> [TableOddity] {
        func row(_ place: Int) -> TableOddity.Row { TableOddity.Row(place: place, point: rows[place]) }
        guard rows.count > 1 else { return rows.indices.map { .single(row($0)) } }
        if isOrdinary(rows) { return [] }
        var oddities: [TableOddity] = []
        var order = Array(rows.indices)
        if let place = order.dropFirst().first(where: { rows[$0].frequencyHertz < rows[$0 - 1].frequencyHertz }) {
            oddities.append(.unsorted(before: row(place - 1), row: row(place)))
            order.sort { rows[$0].frequencyHertz < rows[$1].frequencyHertz }
        }
        let falls = zip(order, order.dropFirst()).filter { rows[$1].powerWatts < rows[$0].powerWatts }
        if let (slower, faster) = falls.first {
            oddities.append(.powerFalls(slower: row(slower), faster: row(faster), count: falls.count))
        }
        if let fastest = order.max(by: { rows[$0].cyclesPerSecond < rows[$1].cyclesPerSecond }),
            order.allSatisfy({ rows[$0].joulesPerCycle >= rows[fastest].joulesPerCycle })
        {
            oddities.append(.fastestIsCheapest(row(fastest)))
        }
        return oddities
    }

    /// Whether frequency and power rise from row to row, and the fastest is not the cheapest: nearly always.
    private static func isOrdinary(_ rows: [OperatingPoint]) -> Bool {
        rows[0].joulesPerCycle < rows[rows.count - 1].joulesPerCycle
            && rows.indices.dropFirst().allSatisfy { place in
                let (slower, faster) = (rows[place - 1], rows[place])
                return slower.frequencyHertz < faster.frequencyHertz && slower.powerWatts <= faster.powerWatts
                    && slower.cyclesPerSecond < faster.cyclesPerSecond
            }
    }
}
