import Foundation
import FoundationXML
import Records
import Report
import Testing

/// Collects what a page refers to while a strict parser reads it.
final class PageReader: NSObject, XMLParserDelegate {
    private(set) var identifiers: [String] = []
    private(set) var references: [String] = []
    private(set) var elements: [String: Int] = [:]

    /// Reads `page`; nil where it is not well-formed.
    static func read(_ page: String) -> PageReader? {
        let reader = PageReader()
        let parser = XMLParser(data: Data(page.utf8))
        parser.delegate = reader
        return parser.parse() ? reader : nil
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        elements[name, default: 0] += 1
        if let identifier = attributes["id"] { identifiers.append(identifier) }
        references += [attributes["href"], attributes["src"]].compactMap { $0 }
    }
}

private func device(round: Int, device: Int, bits: Int?) -> DeviceRecord {
    var row = DeviceRecord(round: round, device: device, status: bits == nil ? .infeasible : .ok, samples: 100)
    row.reason = bits == nil ? "needs <52 s> & more" : nil
    row.bitsPlanned = bits
    row.bits = bits
    row.distanceMetres = 45
    row.energyComputeJoules = bits.map { _ in 0.39 }
    row.energyCommunicationJoules = bits.map { _ in 0.18 }
    return row
}

private func scheme(_ name: String, bits: Double, bytes: Double, compute: Double, radio: Double) -> SchemeAverage {
    var average = SchemeAverage(scheme: name)
    (average.bitsMean, average.uploadBytes) = (bits, bytes)
    (average.energyComputeJoules, average.energyCommunicationJoules) = (compute, radio)
    return average
}

private func input(rounds: Int = 3, title: String = "demo") -> ReportInput {
    var run = ReportInput(title: title, subtitle: "a <b>bold</b> claim & more")
    for round in 1...max(rounds, 1) where rounds > 0 {
        var row = RoundRecord(round: round)
        row.loss = round == 2 ? nil : 1 / Double(round)
        (row.energyComputeJoules, row.energyCommunicationJoules, row.energyTotalJoules) = (0.78, 0.36, 1.14)
        row.uploadBytes = 2_000_000
        row.bitsMean = 6
        (row.devicesSelected, row.devicesAccepted) = (3, 2)
        run.rounds.append(row)
        run.devices += [device(round: round, device: 0, bits: 6), device(round: round, device: 4, bits: nil)]
    }
    run.schemes = [
        scheme("fedavg-32", bits: 32, bytes: 72.4e6, compute: 9.1, radio: 14.5),
        scheme("fedavg-32-optimal", bits: 32, bytes: 72.4e6, compute: 4, radio: 14.5),
        scheme("on-demand", bits: 6.7, bytes: 15e6, compute: 3.2, radio: 1.9),
        scheme("on-demand-even", bits: 6.7, bytes: 15e6, compute: 8.3, radio: 1.9),
    ]
    run.schemeName = "on-demand"
    run.samples = [SampleImage(caption: "now: \"round\" 3", png: [UInt8](repeating: 7, count: 40))]
    run.configuration = "data: synthetic # <&>\n"
    run.environment = [ReportField("CPU", "2 threads & more")]
    return run
}

@Suite struct ReportPageTests {
    @Test func pageIsWellFormedAndSelfContained() throws {
        for runs in [
            [input()], [input(), input(title: "<other>")], [input(rounds: 0)], [ReportInput(title: "", subtitle: "")],
        ] {
            let page = ReportPage.html(for: runs)
            let reader = try #require(PageReader.read(page))
            for reference in reader.references {
                #expect(reference.hasPrefix("#") || reference.hasPrefix("data:image/png;base64,"), "\(reference.prefix(60))")
            }
            #expect(!page.contains("url(") && !page.contains("@import") && !page.contains("<script"))
            #expect(Set(reader.identifiers).count == reader.identifiers.count, "an id occurs twice")
            let targets = Set(reader.references.filter { $0.hasPrefix("#") }.map { String($0.dropFirst()) })
            #expect(targets.subtracting(reader.identifiers).isEmpty, "links lead nowhere: \(targets)")
        }
    }

    @Test func textIsEscaped() {
        let page = ReportPage.html(for: [input(title: "<script>alert(1)</script>")])
        #expect(!page.contains("<script"))
        #expect(page.contains("a &lt;b&gt;bold&lt;/b&gt; claim &amp; more"))
        #expect(page.contains("needs &lt;52 s&gt; &amp; more"))
        #expect(page.contains("data: synthetic # &lt;&amp;&gt;"))
    }

    @Test func sectionsComeInOrderAndNumbersHaveUnits() throws {
        let page = ReportPage.html(for: [input()])
        let order = [
            "What the model draws", "Comparison of schemes", "Round by round", "Bits per device", ">Rounds<", ">Devices<",
            "Configuration",
        ]
        let positions = try order.map { try #require(page.range(of: $0)?.lowerBound) }
        #expect(positions == positions.sorted())
        #expect(page.contains("72.4 MB") && page.contains("23.6 J") && page.contains("<strong>3.63×</strong>"))
        #expect(page.contains("<td>2.00×</td>") && page.contains("less energy; the split saves 2.00×"))
        #expect(page.contains("Energy a round, modelled"))
    }

    @Test func cellsLinkToTheirLine() {
        let page = ReportPage.html(for: [input()])
        #expect(page.contains("<a href=\"#devices-line-4\">"))
        #expect(page.contains("<tr id=\"devices-line-4\"><td>4</td><td>2</td><td>4</td>"))
    }

    @Test func onlyMeasuredRoundsAreSetAgainstTheModel() throws {
        var run = input()
        #expect(!ReportPage.html(for: [run]).contains("Measured against modelled") && MeasuredRounds(run.rounds) == nil)
        for (index, joules) in [(0, 1.5), (2, 0.84)] {
            run.rounds[index].measured = MeasuredEnergy(joules: joules, idleWatts: 5.2, samples: 12)
        }
        let measured = try #require(MeasuredRounds(run.rounds))
        #expect(
            measured.text == "2.34 J above idle (5.20 W), modelled 1.56 J of the devices' training, ratio 1.50; 2 of 3 rounds")
        let page = ReportPage.html(for: [run])
        #expect(PageReader.read(page) != nil && page.contains("<h2>Measured against modelled</h2>"))
        #expect(page.contains("ratio 1.50; 2 of 3 rounds") && page.contains("Round 3: 840 mJ measured above idle"))
        #expect(!page.contains("Round 2: 780 mJ modelled"))
        run.rounds[0].energyComputeJoules = 0
        run.rounds[2].energyComputeJoules = 0
        #expect(try #require(MeasuredRounds(run.rounds)).ratio == nil)
        #expect(PageReader.read(ReportPage.html(for: [run])) != nil)
    }

    @Test func longRunsStaySmall() {
        var run = input(rounds: 1)
        run.rounds = (1...3_000).map { RoundRecord(round: $0) }
        run.devices = (1...3_000).flatMap { round in (0..<4).map { device(round: round, device: $0, bits: 6) } }
        let page = ReportPage.html(for: [run])
        #expect(page.utf8.count < 6_000_000)
        #expect(PageReader.read(page) != nil)
        #expect(page.contains("Lines 7001 to 12000 of devices.jsonl"))
    }

    @Test func hostileNumbersDoNotTrap() throws {
        var run = input(rounds: 2)
        run.rounds[0].loss = .infinity
        run.rounds[1].loss = 1e300
        run.rounds[1].energyComputeJoules = .nan
        run.rounds[1].energyTotalJoules = .infinity
        run.rounds[0].energyCommunicationJoules = -1
        run.rounds[1].round = .max
        run.devices[0].round = .max
        run.devices[1].energyComputeJoules = -.infinity
        #expect(PageReader.read(ReportPage.html(for: [run, run])) != nil)
    }
}

@Suite struct DeviceStoryTests {
    @Test func aLineOfAnotherVersionIsTold() throws {
        let line = """
            {"round":3,"device":7,"status":"ok","bits_planned":6,"bits":7,"demand_met":true,"payload_bytes":1500000,"samples":512,\
            "frequency_hz":1.5e8,"power_w":0.08,"energy_compute_j":0.39,"energy_communication_j":0.18,"distance_m":45,"fading":0.7,\
            "theta":0.8,"unknown":1}
            """
        let row = try JSONDecoder().decode(DeviceRecord.self, from: Data(line.utf8))
        #expect(row.bits == 7 && row.reason == nil && row.frequencyHertz == 1.5e8)
        let story = DeviceStory.text(row)
        for part in [
            "Round 3, device 7: ok", "45.0 m away", "fade 0.700", "planned 6 bits, sent 7 bits, 1.50 MB", "CPU 150 MHz",
            "radio 80.0 mW", "390 mJ (modelled)",
        ] { #expect(story.contains(part), "\(part) in \(story)") }
    }

    @Test func aMissingFieldIsNamed() {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(RoundRecord.self, from: Data("{\"round\":1}".utf8)) }
    }
}
