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
        line.update(completed: 0, fraction: 0.5, fields: ["loss 1"])
        #expect(console.text.isEmpty)
        clock.seconds = 10
        line.finishStep(1, fields: ["loss 1", "3 img/s"])
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
        line.finishStep(1, fields: ["a field that is long"])
        #expect(console.text.dropFirst().prefix { $0 != "\u{1B}" }.count == 19)
    }

    @Test func timeLeftCountsOnlyThisProcess() {
        let (console, clock) = (RecordingConsole(isTerminal: false), TestClock())
        var line = ProgressLine(unit: "step", total: 100, first: 90, console: console, clock: { clock.seconds })
        clock.seconds = 5
        line.finishStep(95, fields: [])
        #expect(console.text.contains("eta 0:05"))
    }
}
