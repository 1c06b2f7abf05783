/// `report.html`: one file without external resources, for one run or several side by side.
package enum ReportPage {
    /// The whole page, UTF-8.
    package static func html(for runs: [RunSummary]) -> String { HTMLText.escape(runs.map(\.title).joined(separator: ", ")) }
}
