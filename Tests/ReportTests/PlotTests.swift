import Report
import Testing

@Suite struct AxisTicksTests {
    @Test(arguments: [
        (0.0, 5.6, 2.0, [0.0, 2, 4, 6]), (0.031, 0.069, 0.01, [0.03, 0.04, 0.05, 0.06, 0.07]), (-3, 3, 2, [-4, -2, 0, 2, 4]),
        (0, 1, 0.5, [0, 0.5, 1]), (0, 100, 50, [0, 50, 100]), (0, 0, 0.5, [-0.5, 0, 0.5]),
    ])
    func ticksAreRoundAndCoverTheRange(low: Double, high: Double, step: Double, values: [Double]) {
        let ticks = AxisTicks(covering: low...high)
        #expect(abs(ticks.step / step - 1) < 1e-9, "\(ticks)")
        #expect(zip(ticks.values, values).allSatisfy { abs($0 - $1) < 1e-9 } && ticks.values.count == values.count, "\(ticks)")
    }

    @Test func everyRangeIsCoveredByFewTicks() {
        for exponent in stride(from: -300.0, through: 299, by: 7.3) {
            for (low, high) in [(0.0, 1.0), (0.9999, 1), (-1, 2), (3, 3)] {
                let scale = power(exponent)
                let ticks = AxisTicks(covering: low * scale...high * scale)
                #expect(ticks.lower <= low * scale * (1 + 1e-6) || low < 0)
                #expect(ticks.upper >= high * scale * (1 - 1e-6))
                #expect((2...9).contains(ticks.values.count), "\(low * scale)...\(high * scale): \(ticks.values.count)")
            }
        }
        #expect(AxisTicks(covering: -1.7e308...1.7e308).values.count < 12)
    }

    private func power(_ exponent: Double) -> Double {
        var (result, whole) = (1.0, Int(exponent))
        while whole != 0 {
            result *= whole > 0 ? 10 : 0.1
            whole -= whole.signum()
        }
        return result
    }
}

@Suite struct ChartTests {
    @Test func emptyChartsAreLeftOut() {
        #expect(LineChart(label: "", unit: "", series: [], fromZero: true).svg().isEmpty)
        #expect(StackedBarChart(label: "", unit: "", kinds: ["a"], bars: []).svg().isEmpty)
        #expect(HeatMap(label: "", columns: [], rows: [], cells: []).svg().isEmpty)
    }

    @Test func aBarsPartsStackWithoutGaps() throws {
        let bars = [StackedBarChart.Bar(x: 1, parts: [2, 1], title: "t")]
        let svg = StackedBarChart(label: "l", unit: "J", kinds: ["compute", "radio"], bars: bars).svg()
        let rectangles = svg.split(separator: "<rect ").dropFirst().map(String.init)
        #expect(rectangles.count == 2)
        func value(_ name: String, _ text: String) throws -> Double {
            let start = try #require(text.range(of: " \(name)=\"")?.upperBound)
            return try #require(Double(text[start...].prefix { $0 != "\"" }))
        }
        let (lower, upper) = (rectangles[0], rectangles[1])
        #expect(try abs(value("y", upper) + value("height", upper) - value("y", lower)) < 0.02)
        #expect(try abs(value("height", lower) / value("height", upper) - 2) < 0.01)
    }

    @Test func aLoneRoundIsDrawn() {
        let points = [LineChart.Point(x: 1, y: 0.5, title: "only")]
        let svg = LineChart(label: "l", unit: "u", series: [.init(name: "n", kind: "series-0", points: points)], fromZero: false)
            .svg()
        #expect(svg.contains("<title>only</title>"))
        #expect(!svg.contains("nan") && !svg.contains("inf"))
    }
}

@Suite struct LogarithmicAxisTests {
    @Test(arguments: [
        (1.0, 1000.0, [1.0, 2, 5, 10, 20, 50, 100, 200, 500, 1000]), (1, 1001, [1, 10, 100, 1000, 10_000]),
        (0.3, 4, [0.2, 0.5, 1, 2, 5]), (0.21, 12, [0.2, 0.5, 1, 2, 5, 10, 20]),
        (1e-6, 1, [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1]),
        (1e-12, 1, [1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2, 1]), (3, 3, [2, 5]), (1, 1, [1, 2]),
    ])
    func ticksCoverTheRange(low: Double, high: Double, values: [Double]) {
        let ticks = AxisTicks(logarithmicCovering: low...high)
        #expect(
            zip(ticks.values, values).allSatisfy { abs($0 / $1 - 1) < 1e-9 } && ticks.values.count == values.count, "\(ticks)")
        #expect(ticks.lower <= low && ticks.upper >= high && ticks.scale == .logarithmic)
    }

    @Test func everyRangeIsCoveredByFewTicks() {
        for first in stride(from: -290.0, through: 280, by: 13.7) {
            for decades in [0.0, 0.1, 1, 3, 9.5, 20] {
                let (low, high) = (tenToThe(first), tenToThe(first + decades))
                let ticks = AxisTicks(logarithmicCovering: low...high)
                #expect(ticks.lower <= low * (1 + 1e-6) && ticks.upper >= high * (1 - 1e-6))
                #expect((2...10).contains(ticks.values.count), "\(low)...\(high): \(ticks.values)")
            }
        }
    }

    private func tenToThe(_ exponent: Double) -> Double { Double("1e\(Int(exponent))") ?? 1 }
}

@Suite struct LineTests {
    private func path(_ values: [(Double, Double)], yScale: AxisScale = .linear) throws -> String {
        let points = values.map { LineChart.Point(x: $0.0, y: $0.1, title: "t") }
        let svg = LineChart(
            label: "l", unit: "u", series: [.init(name: "n", kind: "series-0", points: points)], fromZero: false, yScale: yScale
        ).svg()
        let start = try #require(svg.range(of: "class=\"line series-0\" d=\"")?.upperBound)
        return String(svg[start...].prefix { $0 != "\"" })
    }

    @Test func whatCannotBeShownIsAGap() throws {
        let values = [(1.0, 1.0), (2, 2), (3, .nan), (4, 3), (5, .infinity), (6, 1)]
        let line = try path(values)
        #expect(line.count { $0 == "M" } == 3 && line.count { $0 == "L" } == 1)
        let logarithmic = try path([(1, 1), (2, 0), (3, 10), (4, 100)], yScale: .logarithmic)
        #expect(logarithmic.count { $0 == "M" } == 2 && logarithmic.count { $0 == "L" } == 1)
    }

    @Test func equalRatiosAreEquallyFarApart() throws {
        let heights = try path([(1, 1), (2, 10), (3, 100)], yScale: .logarithmic).split { "ML".contains($0) }
            .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }
        try #require(heights.count == 3)
        #expect(abs((heights[0] - heights[1]) - (heights[1] - heights[2])) < 0.03 && heights[0] > heights[1])
    }
}

@Suite struct FigureTests {
    private func panel(_ title: String, values: [Double]) -> Figure.Panel {
        let points = values.enumerated().map { LineChart.Point(x: Double($0.offset), y: $0.element, title: "t") }
        let series = LineChart.Series(name: "a < b", kind: "series-1 dashed", points: points)
        return Figure.Panel(
            title: title, chart: LineChart(label: "l", unit: "u", series: [series], fromZero: false))
    }

    @Test func aFigureStandsAlone() throws {
        let panels = [panel("One & two", values: [1, 2]), panel("Empty", values: []), panel("Third", values: [3, 4])]
        let svg = Figure(title: "Title", panels: panels, columns: 2, notes: [String(repeating: "many words ", count: 40)]).svg()
        #expect(svg.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\"") && svg.hasSuffix("</svg>\n"))
        for text in ["One &amp; two", "a &lt; b", "nothing to show", "Third", "<style>", ">Title</text>"] {
            #expect(svg.contains(text), "no \(text)")
        }
        #expect(!svg.contains("var(--") && !svg.contains("nan"))
        #expect(svg.split(separator: "class=\"note\"").count > 2, "a long note is broken into lines")
        #expect(svg.count { $0 == "<" } == svg.count { $0 == ">" })
    }

    @Test func picturesLieInsideTheFile() {
        let image = SampleImage(caption: "round 3", png: [0x89, 0x50, 0x4E, 0x47])
        let svg = Figure.Picture.svg(title: "T", pictures: [.init(title: "run", image: image)], columns: 3)
        #expect(svg.contains("href=\"data:image/png;base64,iVBORw==\"") && svg.contains("round 3"))
    }
}
