/// What makes an SVG file stand alone: its style sheet and its paper. The colours are the report's (Okabe and Ito); plain values, since
/// not every program that shows SVG knows CSS variables.
enum FigureStyle {
    /// - Parameter content: with the classes of the charts.
    static func document(width: Double, height: Double, label: String, content: String) -> String {
        SVG.document(
            width: width, height: height, label: label,
            content: "<style>\(sheet)</style>"
                + SVG.rectangle(x: 0, y: 0, width: width, height: height, kind: "paper") + content)
    }

    private static let colours = ["#0b7a55", "#c2488f", "#56799b", "#d55e00", "#7a5cc0", "#8a7a00"]

    private static let sheet =
        """
        text { font-family: system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; font-size: 12px; fill: #4a544f; } \
        .paper { fill: #ffffff; } .heading { font-size: 16px; font-weight: 650; fill: #1d2421; } \
        .title { font-size: 13px; font-weight: 600; fill: #1d2421; } .grid { stroke: #dfe4e1; stroke-width: 1; } \
        .line { fill: none; stroke-width: 2; stroke-linejoin: round; } path.dashed { stroke-dasharray: 6 4; } \
        path.dotted { stroke-dasharray: 2 3; } circle.ring { stroke: #1d2421; stroke-width: 1.6; } \(seriesRules)
        """

    private static let seriesRules = colours.enumerated().map { index, colour in
        "path.series-\(index) { stroke: \(colour); } circle.series-\(index) { fill: \(colour); }"
    }.joined(separator: " ")
}
