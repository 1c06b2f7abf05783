/// What the newest models of runs draw from one noise, side by side, and how one image comes about.
enum DrawingSection {
    static func html(_ runs: [ReportInput]) -> String {
        let drawn = runs.compactMap { run in run.drawing.map { (run.title, $0) } }
        guard !drawn.isEmpty else { return "" }
        let grids = drawn.map { title, drawing in
            figure(
                title, drawing.grid, alternative: "Images drawn by the newest model of \(title) from the common noise",
                isAlone: runs.count == 1)
        }
        let films = drawn.map { title, drawing in
            figure(
                title, drawing.film, alternative: "One image of \(title) from noise to the end, step by step",
                isAlone: runs.count == 1)
        }
        let note =
            runs.count == 1
            ? "Drawn for this page."
            : "Drawn for this page by the newest model of each run, all from the same noise (models of one image size)."
        return """
            <section><h2>\(runs.count == 1 ? "What the newest model draws" : "From the same noise")</h2>
            <p>\(note)</p>
            <div class="samples small\(runs.count > 1 ? " beside" : "")">\(grids.joined())</div>
            <h3>One image, step by step</h3>
            <p>From noise on the left to the image on the right. Above: what there is before a step. Below: what the model takes it for.</p>
            <div class="films">\(films.joined())</div></section>

            """
    }

    private static func figure(_ title: String, _ image: SampleImage, alternative: String, isAlone: Bool) -> String {
        let name = isAlone ? "" : "<b>\(HTMLText.escape(title))</b>, "
        return "<figure>\(image.element(alternative: alternative))"
            + "<figcaption>\(name)\(HTMLText.escape(image.caption))</figcaption></figure>\n"
    }
}
