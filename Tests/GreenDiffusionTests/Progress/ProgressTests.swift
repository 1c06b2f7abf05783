import GreenDiffusion
import Synchronization
import Testing

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

@Suite struct QuantityTests {
    @Test func numbersHaveThreeDigitsAndAFittingUnit() {
        #expect(Quantity.bytes(14_123_456) == "14.1 MB")
        #expect(Quantity.bytes(999) == "999 B" && Quantity.bytes(0) == "0 B" && Quantity.bytes(999_999) == "1.00 MB")
        #expect(Quantity.energy(3.2149) == "3.21 J" && Quantity.energy(0.0103) == "10.3 mJ")
        #expect(Quantity.energy(1.65e-6) == "1.65 µJ")
        #expect(Quantity.time(42) == "42.0 s" && Quantity.time(0.0125) == "12.5 ms")
        #expect(Quantity.count(1_806_275) == "1.81 M" && Quantity.count(12) == "12")
        #expect(Quantity.significant(6.02e-4) == "6.0e-04" && Quantity.significant(.nan) == "nan")
        #expect(Quantity.duration(161) == "2:41" && Quantity.duration(3761) == "1:02:41")
        #expect(Quantity.duration(.infinity) == "--:--")
    }
}
