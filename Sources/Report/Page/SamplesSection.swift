import Foundation

/// The pictures that the model drew, embedded.
enum SamplesSection {
    static func html(_ samples: [SampleImage]) -> String {
        let figures = samples.map { sample in
            "<figure>\(sample.element(alternative: "Images drawn by the model: \(sample.caption)"))"
                + "<figcaption>\(HTMLText.escape(sample.caption))</figcaption></figure>\n"
        }
        return figures.isEmpty
            ? "" : "<section><h2>What the model draws</h2><div class=\"samples\">\(figures.joined())</div></section>\n"
    }
}

extension SampleImage {
    /// The picture inside the page.
    ///
    /// - Parameter attributes: more of them, as markup.
    func element(alternative: String, attributes: String = "") -> String {
        "<img alt=\"\(HTMLText.escape(alternative))\"\(size)\(attributes.isEmpty ? "" : " ")\(attributes) "
            + "src=\"data:image/png;base64,\(Data(png).base64EncodedString())\"/>"
    }

    /// Width and height from the PNG's first chunk, so that the page does not jump while it loads.
    private var size: String {
        guard png.count >= 24 else { return "" }
        let number = { (start: Int) in png[start..<start + 4].reduce(0) { $0 << 8 | Int($1) } }
        return " width=\"\(number(16))\" height=\"\(number(20))\""
    }
}
