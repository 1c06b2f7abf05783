import Records

/// Names of the places that links on the page lead to.
struct ReportAnchors {
    /// Lines of `devices.jsonl` that the page shows; the newest ones of a longer file.
    static let shownLines = 5_000

    private let prefix: String
    private let firstShown: Int
    private let firstLineOfRound: [Int: Int]

    init(run: ReportInput, prefix: String) {
        self.prefix = prefix
        firstShown = max(0, run.devices.count - Self.shownLines)
        firstLineOfRound = Dictionary(run.devices.enumerated().map { ($1.round, $0) }, uniquingKeysWith: { first, _ in first })
    }

    var rounds: String { "\(prefix)rounds" }

    /// Rows of the devices table that are shown.
    func shownRows(of devices: [DeviceRecord]) -> Range<Int> { firstShown..<devices.count }

    /// The name of row `index` of `devices.jsonl` (line `index + 1`), or nil where the page leaves it out.
    func line(_ index: Int) -> String? { index >= firstShown ? "\(prefix)devices-line-\(index + 1)" : nil }

    /// The first line of `round`.
    func round(_ round: Int) -> String? { firstLineOfRound[round].flatMap(line) }
}
