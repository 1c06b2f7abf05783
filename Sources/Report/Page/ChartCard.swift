/// A chart with its title and legend.
enum ChartCard {
    /// Nothing for an empty chart.
    static func html(
        _ title: String, legend: [(name: String, kind: String)] = [], _ chart: String, isWide: Bool = false
    ) -> String {
        guard !chart.isEmpty else { return "" }
        return "<figure class=\"card\(isWide ? " wide" : "")\"><figcaption><b>\(HTMLText.escape(title))</b>"
            + "\(keys(legend))</figcaption>\(chart)</figure>\n"
    }

    /// What the colours stand for.
    static func keys(_ legend: [(name: String, kind: String)]) -> String {
        let keys = legend.map { "<span>\(SchemeSection.key($0.name, $0.kind))</span>" }.joined()
        return "<span class=\"legend\">\(keys)</span>"
    }
}
