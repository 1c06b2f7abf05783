import Energy

/// The devices of a file whose power tables were repaired, or may be mistakes: they are told, and used all the same.
struct OddTables {
    private var shown: [String] = []
    /// How many there are.
    private var count = 0

    /// So many are told one by one.
    static let mostShown = 10

    /// Takes what is odd about the table of the device that stands at `place`.
    mutating func add(_ oddities: [TableOddity], of place: String) {
        count += 1
        guard shown.count < Self.mostShown else { return }
        shown.append("\(place): \(DeviceField.operatingPoints.name): \(oddities.map(\.description).joined(separator: "; "))")
    }

    /// A line for each device that is told, and one for the others.
    func lines(path: String) -> [String] {
        let others = count - shown.count
        return shown + (others > 0 ? ["\(path): \(DeviceField.operatingPoints.name): and \(others) further devices"] : [])
    }
}
