/// Sample grids of runs side by side, with a slider over their rounds or steps. The newest are shown where no script runs.
enum TimelineSection {
    static func html(_ runs: [ReportInput]) -> String {
        let shown = runs.filter { !$0.timeline.isEmpty }
        return ["round", "step"].map { unit in
            section(shown.filter { $0.unit == unit }, unit: unit, isComparison: runs.count > 1)
        }.joined()
    }

    private static func section(_ runs: [ReportInput], unit: String, isComparison: Bool) -> String {
        guard !runs.isEmpty else { return "" }
        let stops = Set(runs.flatMap { $0.timeline.map(\.number) }).sorted()
        let figures = runs.map { figure($0, isNamed: isComparison) }
        return """
            <section class="timeline" data-unit="\(unit)" data-stops="\(stops.map(String.init).joined(separator: " "))">
            <h2>What the model\(runs.count == 1 ? " draws" : "s draw"), \(unit) by \(unit)</h2>
            \(note(runs))\(slider(stops, unit: unit))<div class="samples\(runs.count > 1 ? " beside" : "")">\(figures.joined())</div></section>

            """
    }

    /// Hidden until the script shows it.
    private static func slider(_ stops: [Int], unit: String) -> String {
        guard let last = stops.last, stops.count > 1 else { return "" }
        return """
            <label class="slider" hidden="hidden"><span>\(unit) <output>\(last)</output></span><input type="range" min="0"
            max="\(stops.count - 1)" value="\(stops.count - 1)" aria-valuetext="\(unit) \(last)"/></label>

            """
    }

    private static func note(_ runs: [ReportInput]) -> String {
        let sentences = [
            runs.count > 1
                ? "Each run's grids begin with the noise of its own seed: runs of one seed and image size show the same images."
                : nil,
            runs.contains { $0.gridCount > $0.timeline.count }
                ? "Not all grids are here: a run's folder samples has the others." : nil,
        ].compactMap(\.self)
        return sentences.isEmpty ? "" : "<p>\(sentences.joined(separator: " "))</p>\n"
    }

    private static func figure(_ run: ReportInput, isNamed: Bool) -> String {
        let last = run.timeline.count - 1
        let frames = run.timeline.enumerated().map { index, frame in
            let attributes = "data-number=\"\(frame.number)\" data-caption=\"\(HTMLText.escape(frame.image.caption))\""
            return frame.image.element(
                alternative: "Images drawn by \(run.title): \(frame.image.caption)",
                attributes: attributes + (index == last ? "" : " hidden=\"hidden\""))
        }
        let name = isNamed ? "<b>\(HTMLText.escape(run.title))</b>, " : ""
        let share = run.gridCount > run.timeline.count ? " (\(run.timeline.count) of \(run.gridCount) grids)" : ""
        return "<figure>\(frames.joined(separator: "\n"))"
            + "<figcaption>\(name)<span>\(HTMLText.escape(run.timeline[last].image.caption))</span>\(share)</figcaption></figure>\n"
    }
}
