/// Which device sent how many bits in which round.
struct BitsMap {
    /// At most this many columns; of more rounds every n-th is shown.
    private static let mostColumns = 200
    /// At most this many devices, the ones with the smallest numbers.
    private static let mostRows = 100

    let run: ReportInput
    let anchors: ReportAnchors

    /// The bits that occur, then what happened to those that sent nothing usable.
    var legend: [(name: String, kind: String)] {
        let bits = Set(run.devices.filter { $0.status == .ok }.compactMap(\.bits)).sorted()
        let failed = Set(run.devices.map(\.status)).subtracting([.ok]).map(\.rawValue).sorted()
        return bits.map { ("\($0) bits", Self.kind(bits: $0)) } + failed.map { ($0, "failed") }
    }

    var chart: HeatMap {
        let allRounds = Set(run.devices.map(\.round)).sorted()
        let step = max(1, (allRounds.count + Self.mostColumns - 1) / Self.mostColumns)
        let rounds = stride(from: 0, to: allRounds.count, by: step).map { allRounds[$0] }
        let devices = Array(Set(run.devices.map(\.device)).sorted().prefix(Self.mostRows))
        let names = Dictionary(run.devices.compactMap { row in row.id.map { (row.device, $0) } }) { first, _ in first }
        let columns = Dictionary(uniqueKeysWithValues: rounds.enumerated().map { ($1, $0) })
        let rows = Dictionary(uniqueKeysWithValues: devices.enumerated().map { ($1, $0) })
        let cells = run.devices.enumerated().compactMap { index, device -> HeatMap.Cell? in
            guard let column = columns[device.round], let row = rows[device.device] else { return nil }
            let sent = device.status == .ok ? device.bits : nil
            return HeatMap.Cell(
                column: column, row: row, kind: sent.map(Self.kind) ?? "failed", text: sent.map(String.init) ?? "×",
                title: DeviceStory.text(device), anchor: anchors.line(index))
        }
        return HeatMap(
            label: "Bits per device and round", columns: rounds.map(String.init),
            rows: devices.map { names[$0] ?? "device \($0)" },
            cells: cells)
    }

    private static func kind(bits: Int) -> String { bits <= 8 ? "bits-\(max(2, bits))" : "bits-32" }
}
