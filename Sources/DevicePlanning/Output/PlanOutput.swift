import Energy
import Storage

/// How plans are written.
package enum PlanFormat: String, Sendable, CaseIterable {
    /// For people.
    case table
    /// One document.
    case json
    /// For spreadsheets.
    case csv
    /// One object a line.
    case ndjson
}

/// Writes plans in a format, block by block.
struct PlanOutput {
    private let format: PlanFormat
    private let sharesBand: Bool
    private var table: PlanTable
    private var totals = PlanTotals()
    /// Plans written so far.
    private(set) var count = 0
    private var isOpen = false

    init(format: PlanFormat, sharedBand: Bool) {
        (self.format, sharesBand) = (format, sharedBand)
        table = PlanTable(sharedBand: sharedBand)
    }

    /// Adds the next plans.
    mutating func add(_ entries: [PlanEntry], threads: Int, write: (borrowing [UInt8]) throws -> Void) throws {
        if format == .table {
            for entry in entries { totals.add(entry) }
            try write(Array(table.lines(entries, threads: threads).map { $0 + "\n" }.joined().utf8))
        } else {
            if !isOpen { try write(Array(opening.utf8)) }
            isOpen = true
            let isFirst = count == 0
            let (format, columns) = (format, PlanEntry.Field.columns(sharedBand: sharesBand))
            let pieces = parallelFlatMap(entries.count, threads: threads) { range in
                var text = TextBytes()
                for index in range {
                    switch format {
                    case .csv:
                        entries[index].appendCSV(columns, to: &text)
                        text.append("\n")
                    case .json:
                        text.append(isFirst && index == 0 ? "\n" : ",\n")
                        entries[index].appendJSON(to: &text)
                    default:
                        entries[index].appendJSON(to: &text)
                        text.append("\n")
                    }
                }
                return [text.bytes]
            }
            for piece in pieces { try write(piece) }
        }
        count += entries.count
    }

    private var opening: String {
        switch format {
        case .csv: PlanEntry.Field.columns(sharedBand: sharesBand).map(\.rawValue).joined(separator: ",") + "\n"
        case .json: sharesBand ? "{\"devices\":[" : "["
        case .table, .ndjson: ""
        }
    }

    /// Writes what follows the last plan; `shared` is the summary of a shared band.
    mutating func finish(_ shared: SharedPlanSummary?, write: (borrowing [UInt8]) throws -> Void) throws {
        if !isOpen { try add([], threads: 1, write: write) }
        let text =
            switch format {
            case .table: "\n" + (shared?.text(totals) ?? totals.text) + "\n"
            case .json: (count == 0 ? "]" : "\n]") + (shared.map { ",\"summary\":\($0.json)}\n" } ?? "\n")
            case .ndjson: shared.map { "{\"summary\":\($0.json)}\n" } ?? ""
            case .csv: ""
            }
        try write(Array(text.utf8))
    }
}
