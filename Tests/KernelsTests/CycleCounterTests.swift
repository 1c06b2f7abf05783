import Kernels
import Testing

@Suite struct CycleCounterTests {
    /// Virtual machines and locked-down kernels have no counter: then the system's reason comes back.
    @Test func aCounterRunsOrSaysWhyNot() throws {
        do throws(CycleCounterError) {
            let counter = try CycleCounter(threads: [0])
            let before = try counter.read()
            var sum = 0.0
            for index in 1...1_000_000 { sum += 1 / Double(index) }
            #expect(sum > 14)
            #expect(try counter.read() > before)
        } catch {
            #expect(error.code > 0)
        }
    }

    @Test func threadsThatDoNotExistAreRefused() {
        #expect(throws: CycleCounterError.self) { try CycleCounter(threads: [Int(Int32.max)]) }
    }
}
