import Synchronization
import Testing

@testable import greendiff

/// Collects what is written.
private final class RecordingConsole: ConsoleWriter {
    let isTerminal: Bool
    let width: Int
    private let contents = Mutex("")

    init(isTerminal: Bool, width: Int = 200) { (self.isTerminal, self.width) = (isTerminal, width) }

    func write(_ text: String) { contents.withLock { $0 += text } }
    var text: String { contents.withLock { $0 } }
}

/// Seconds that tests set.
private final class TestClock {
    var seconds = 0.0
}

@Suite struct ProgressLineTests {
    @Test func pipedOutputIsOneLineAStep() {
        let (console, clock) = (RecordingConsole(isTerminal: false), TestClock())
        var line = ProgressLine(unit: "round", total: 10, console: console, clock: { clock.seconds })
        clock.seconds = 5
        line.update(completed: 0, fraction: 0.5, fields: [.init("loss 1")])
        #expect(console.text.isEmpty)
        clock.seconds = 10
        line.finishStep(1, fields: [.init("loss 1"), .init("3 img/s")])
        line.close()
        #expect(console.text == "round  1/10  loss 1  3 img/s  eta 1:30\n")
    }

    @Test func aTerminalLineIsRedrawnInPlace() {
        let (console, clock) = (RecordingConsole(isTerminal: true), TestClock())
        var line = ProgressLine(unit: "round", total: 2, console: console, clock: { clock.seconds })
        clock.seconds = 1
        line.update(completed: 0, fraction: 0.5, fields: [])
        line.update(completed: 0, fraction: 0.6, fields: [])
        #expect(console.text == "\rround 1/2  [======>                   ]  eta 0:03\u{1B}[K")
        clock.seconds = 4
        line.finishStep(2, fields: [])
        #expect(console.text.hasSuffix("\rround 2/2  [==========================]  eta 0:00\u{1B}[K"))
        line.close()
        #expect(console.text.hasSuffix("\u{1B}[K\n"))
    }

    @Test func aNarrowTerminalIsNotOverrun() {
        let console = RecordingConsole(isTerminal: true, width: 20)
        var line = ProgressLine(unit: "round", total: 2, console: console, clock: { 1 })
        line.finishStep(1, fields: [.init("a field that is long")])
        #expect(console.text.hasPrefix("\rround 1/2  eta 0:00\u{1B}[K"))
    }

    @Test func whatMattersMostStaysOnANarrowTerminal() {
        let fields: [ProgressLine.Field] = [
            .init("loss 0.0322", importance: 3), .init("held out 0.0279", importance: 2), .init("270 img/s", importance: 1),
            .init("upload 3.10 MB"), .init("energy 10.1 J", importance: 4),
        ]
        for (width, text) in [
            (120, "round 19/20  loss 0.0322  held out 0.0279  270 img/s  upload 3.10 MB  energy 10.1 J  eta 0:06"),
            (80, "round 19/20  loss 0.0322  held out 0.0279  270 img/s  energy 10.1 J  eta 0:06"),
            (40, "round 19/20  energy 10.1 J  eta 0:06"),
        ] {
            let (console, clock) = (RecordingConsole(isTerminal: true, width: width), TestClock())
            var line = ProgressLine(unit: "round", total: 20, console: console, clock: { clock.seconds })
            clock.seconds = 114
            line.finishStep(19, fields: fields)
            let shown = console.text.split(separator: "\r").map { $0.prefix { $0 != "\u{1B}" } }
            #expect(shown.first.map(String.init) == text)
            #expect(shown.allSatisfy { $0.count < width && $0.hasSuffix("eta 0:06") })
        }
    }

    @Test func longLinesBreakBetweenWords() {
        let text = "plan    T = 42.3 s (auto), bits 2:8 on demand, 5 devices a round"
        #expect(text.wrapped(width: 40, indent: 8) == "plan    T = 42.3 s (auto), bits 2:8 on\n        demand, 5 devices a round")
        #expect(text.wrapped(width: 100, indent: 8) == text)
        #expect("run     aVeryLongNameOfAFolder".wrapped(width: 20, indent: 8) == "run     aVeryLongNameOfAFolder")
    }

    @Test func controlCharactersAreShownNotObeyed() {
        #expect("a\u{1B}]0;title\u{7}b\u{9B}2J\u{202E}".printable == #"a\x1B]0;title\x07b\x9B2J\u202E"#)
        #expect("Straße 北\n\tü".printable == "Straße 北\n\tü")
        let long = ("value " + String(repeating: "x", count: 10_000) + " is wrong\nuse --bits 8").printableLine(limit: 100)
        #expect(long.count <= 110 && long.hasPrefix("value xxx") && long.hasSuffix("is wrong use --bits 8"))
    }

    @Test func timeLeftCountsOnlyThisProcess() {
        let (console, clock) = (RecordingConsole(isTerminal: false), TestClock())
        var line = ProgressLine(unit: "step", total: 100, first: 90, console: console, clock: { clock.seconds })
        clock.seconds = 5
        line.finishStep(95, fields: [])
        #expect(console.text.contains("eta 0:05"))
    }
}
