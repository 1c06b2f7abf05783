import Records
import Report
import Testing

private func png(_ value: UInt8) -> [UInt8] { [UInt8](repeating: value, count: 40) }

private func grid(_ number: Int) -> TimedImage {
    TimedImage(number: number, image: SampleImage(caption: "at \(number) & more", png: png(UInt8(number))))
}

private func federated(_ title: String, joules: Double = 1, rounds: Int = 3, isEvaluated: Bool = true) -> ReportInput {
    var run = ReportInput(title: title, subtitle: "")
    for round in 1...rounds {
        var row = RoundRecord(round: round)
        (row.loss, row.lossHeldOut) = (1 / Double(round), 0.5 / Double(round))
        (row.energyTotalJoules, row.uploadBytes, row.samplesTrained) = (joules, 2_000_000, 100)
        (row.devicesAccepted, row.bitsMean) = (2, 6)
        if isEvaluated {
            row.distances = ImageDistances(
                frechet: 300, kidMean: 0.5, kidStandardError: 0.25, precision: 0.7, recall: 0.1, mind: 3, imageCount: 500,
                network: "ab353235")
        }
        run.rounds.append(row)
    }
    return run
}

private func pretraining(_ title: String, batchSize: Int = 32) -> ReportInput {
    var run = ReportInput(title: title, subtitle: "")
    run.batchSize = batchSize
    run.steps = [50, 100].map { step in
        var row = PretrainingRecord(
            step: step, loss: 0.2, gradientNorm: 1, learningRate: 1e-3, imagesPerSecond: 10, wallSeconds: 1)
        row.lossHeldOut = 0.1
        return row
    }
    return run
}

private func titles(_ page: String) -> [String] {
    page.components(between: "<section><h2>Quality against cost", and: "</section>").first?
        .components(between: "<figcaption><b>", and: "</b>") ?? []
}

extension String {
    /// What stands between each of the first marks and the next second one.
    fileprivate func components(between start: String, and end: String) -> [String] {
        split(separator: start, omittingEmptySubsequences: false).dropFirst().compactMap { part in
            part.split(separator: end, omittingEmptySubsequences: false).first.map(String.init)
        }
    }
}

@Suite struct ComparisonPageTests {
    @Test func costsAreThoseThatTheRunsHaveInCommon() {
        let quality = ["KID", "Frechet distance", "Held-out loss"]
        func expected(_ measures: [String], _ costs: [String]) -> [String] {
            measures.flatMap { name in costs.map { "\(name) \($0)" } }
        }
        let costs = ["by energy spent", "by bytes uploaded"]
        #expect(
            titles(ReportPage.html(for: [federated("a"), federated("b")]))
                == expected(quality, ["by round"] + costs) + ["Training loss by round"])
        #expect(
            titles(ReportPage.html(for: [pretraining("a"), pretraining("b")]))
                == ["Held-out loss by step", "Training loss by step"])
        #expect(
            titles(ReportPage.html(for: [pretraining("a"), pretraining("b", batchSize: 8)]))
                == ["Held-out loss by training image", "Training loss by training image"])
        #expect(
            titles(ReportPage.html(for: [pretraining("a"), federated("b")]))
                == expected(quality, ["by training image"] + costs) + ["Training loss by training image"])
    }

    @Test func theTableHasWhatAnyRunHas() throws {
        func heads(_ runs: [ReportInput]) -> [String] {
            let table = ReportPage.html(for: runs).components(between: "<thead>", and: "</thead>")
            return table[0].components(between: "<th scope=\"col\">", and: "</th>")
        }
        #expect(heads([pretraining("a"), pretraining("b")]) == ["run", "steps", "images", "last loss", "held out"])
        #expect(
            heads([pretraining("a"), federated("b")])
                == ["run", "rounds", "steps", "images", "last loss", "held out", "KID", "Frechet", "energy", "upload", "bits"])
        let page = ReportPage.html(for: [pretraining("a"), federated("b", joules: 2)])
        #expect(page.contains("<td>0.50\u{A0}±\u{A0}0.25</td><td>300</td><td>6.00 J</td><td>6.00 MB</td><td>6.00</td>"))
        #expect(page.contains("<td>–</td><td>100</td><td>3.20 k</td>"))
    }

    @Test func veryDifferentCostsHaveALogarithmicAxis() {
        let near = ReportPage.html(for: [federated("a"), federated("b", joules: 2)])
        let far = ReportPage.html(for: [federated("a", joules: 0.01), federated("b", joules: 3)])
        // 0.03 J and 9 J: a tick of each decade, which no linear axis has.
        let ticks = ["0.01", "0.1", "1", "10"].map { ">\($0)</text>" }
        func chart(_ page: String) -> String {
            page.components(between: "aria-label=\"Held-out loss by energy spent\"", and: "</svg>")[0]
        }
        #expect(ticks.allSatisfy(chart(far).contains))
        #expect(!ticks.allSatisfy(chart(near).contains))
    }

    @Test func distancesOfDifferentNumbersOfImagesAreSaidNotToCompare() {
        let same = ReportPage.html(for: [federated("a"), federated("b")])
        #expect(same.contains("last evaluation: 500 images a side. Compare"))
        var other = federated("b")
        other.rounds[2].distanceImages = 2000
        #expect(ReportPage.html(for: [federated("a"), other]).contains("500, 2000 images a side, which do not compare"))
    }

    @Test func aRunsOwnPartHasItsDistances() {
        let page = ReportPage.html(for: [federated("a")])
        for text in [
            "<dt>KID</dt><dd>0.500<small>from 0.500, 500 images a side", "<dt>Frechet distance</dt><dd>300",
            "KID over the rounds", "Precision and recall over the rounds", "class=\"whisker series-0\"",
            ">0.50\u{A0}±\u{A0}0.25</td>",
        ] { #expect(page.contains(text), "\(text)") }
        let without = ReportPage.html(for: [federated("a", isEvaluated: false)])
        for word in ["KID", "Frechet", "recall"] { #expect(!without.contains(word), "\(word)") }
    }

    @Test func whiskersFitOnTheAxis() throws {
        let points = [LineChart.Point(x: 1, y: 1, title: "", error: 0.9), LineChart.Point(x: 2, y: 1, title: "")]
        let svg = LineChart(label: "", unit: "", series: [.init(name: "", kind: "k", points: points)], fromZero: false).svg()
        let whisker = try #require(svg.components(between: "class=\"whisker k\" d=\"M", and: "\"").first)
        let ends = whisker.split { " V".contains($0) }.compactMap { Double($0) }
        #expect(ends.count == 3 && ends[1] <= 196.01 && ends[2] >= 25.99 && ends[1] - ends[2] > 100, "\(whisker)")
    }
}

@Suite struct TimelineTests {
    private var runs: [ReportInput] {
        var (first, second) = (federated("<first>"), federated("second"))
        first.timeline = [grid(0), grid(2), grid(4)]
        first.gridCount = 9
        second.timeline = [grid(3)]
        second.gridCount = 1
        let image = SampleImage(caption: "dpm++", png: png(9))
        second.drawing = NoiseDrawing(grid: image, film: image)
        return [first, second]
    }

    @Test func aPageWithASliderIsWellFormedAndSelfContained() throws {
        for runs in [runs, [runs[0]]] {
            let page = ReportPage.html(for: runs)
            let reader = try #require(PageReader.read(page))
            #expect(reader.elements["script"] == 1 && reader.elements["input"] == 1)
            for reference in reader.references {
                #expect(reference.hasPrefix("#") || reference.hasPrefix("data:image/png;base64,"), "\(reference.prefix(60))")
            }
            #expect(!page.contains("<first>"))
        }
    }

    @Test func withoutAScriptTheNewestGridOfEachRunIsShown() {
        let page = ReportPage.html(for: runs)
        let frames = page.components(between: "<img ", and: "/>").filter { $0.contains("data-number") }
        #expect(frames.count == 4)
        #expect(frames.map { $0.contains("hidden=\"hidden\"") } == [true, true, false, false])
        #expect(page.contains("data-unit=\"round\" data-stops=\"0 2 3 4\""))
        #expect(page.contains("<label class=\"slider\" hidden=\"hidden\">"))
        #expect(page.contains("(3 of 9 grids)") && !page.contains("(1 of 1"))
    }

    @Test func oneGridNeedsNoSlider() {
        var run = federated("a")
        run.timeline = [grid(3)]
        let page = ReportPage.html(for: [run])
        #expect(!page.contains("<script") && !page.contains("<input") && page.contains("data-number=\"3\""))
    }

    @Test func roundsAndStepsHaveSlidersOfTheirOwn() throws {
        var (first, second) = (federated("a"), pretraining("b"))
        (first.timeline, second.timeline) = ([grid(1), grid(2)], [grid(50), grid(100)])
        let page = ReportPage.html(for: [first, second])
        #expect(page.contains("<b>b</b>, <span>at 100"))
        let reader = try #require(PageReader.read(page))
        #expect(reader.elements["input"] == 2 && reader.elements["script"] == 1)
    }
}
