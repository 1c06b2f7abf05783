import Foundation

/// Pieces of SVG text; everything shown is escaped here.
enum SVG {
    enum Anchor: String { case start, middle, end }

    /// A coordinate with two decimals.
    static func number(_ value: Double) -> String { String(format: "%.2f", value) }

    static func text(_ text: String, x: Double, y: Double, anchor: Anchor, kind: String) -> String {
        "<text class=\"\(kind)\" x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor.rawValue)\">"
            + "\(HTMLText.escape(text))</text>"
    }

    static func rectangle(
        x: Double, y: Double, width: Double, height: Double, kind: String, corner: Double = 0, title: String? = nil
    ) -> String {
        let shape =
            "<rect class=\"\(kind)\" x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(max(0, width)))\" "
            + "height=\"\(number(max(0, height)))\"" + (corner > 0 ? " rx=\"\(number(corner))\"" : "")
        guard let title else { return shape + "/>" }
        return shape + "><title>\(HTMLText.escape(title))</title></rect>"
    }

    /// `content` as a link within the page; plain where there is nothing to link to.
    static func link(to anchor: String?, _ content: String) -> String {
        guard let anchor else { return content }
        return "<a href=\"#\(HTMLText.escape(anchor))\">\(content)</a>"
    }

    /// A square PNG, inside the file.
    static func picture(_ png: [UInt8], x: Double, y: Double, side: Double) -> String {
        "<image x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(side))\" height=\"\(number(side))\" "
            + "href=\"data:image/png;base64,\(Data(png).base64EncodedString())\"/>"
    }

    static func document(width: Double, height: Double, label: String, content: String) -> String {
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(number(width)) \(number(height))\" role=\"img\" "
            + "aria-label=\"\(HTMLText.escape(label))\">\(content)</svg>\n"
    }
}
