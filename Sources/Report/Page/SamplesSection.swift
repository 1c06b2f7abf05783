import Foundation

/// The pictures that the model drew, embedded.
enum SamplesSection {
    static func html(_ samples: [SampleImage]) -> String {
        let figures = samples.map { sample in
            "<figure><img alt=\"\(HTMLText.escape("Images drawn by the model: \(sample.caption)"))\"\(size(of: sample.png)) "
                + "src=\"data:image/png;base64,\(Data(sample.png).base64EncodedString())\"/>"
                + "<figcaption>\(HTMLText.escape(sample.caption))</figcaption></figure>\n"
        }
        return figures.isEmpty
            ? "" : "<section><h2>What the model draws</h2><div class=\"samples\">\(figures.joined())</div></section>\n"
    }

    /// Width and height from the PNG's first chunk, so that the page does not jump while it loads.
    private static func size(of png: [UInt8]) -> String {
        guard png.count >= 24 else { return "" }
        let number = { (start: Int) in png[start..<start + 4].reduce(0) { $0 << 8 | Int($1) } }
        return " width=\"\(number(16))\" height=\"\(number(20))\""
    }
}
