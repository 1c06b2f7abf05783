import Foundation
import GreenDiffusion
import Kernels
import RunTestSupport
import TestSupport
import Testing

@Suite struct PrecisionChoiceTests {
    /// What `auto` took is in the run's settings, and a resumed run goes on with it.
    @Test func aRunRecordsWhatAutoTook() throws {
        let folder = TemporaryFolder()
        let path = folder.path("run")
        let taken = try #require(try TinyRun.train([.precision: "auto"], at: path).configuration.precision)
        #expect(taken != .automatic)
        let settings = try String(contentsOfFile: "\(path)/config.yaml", encoding: .utf8)
        #expect(settings.contains("precision: \(taken.rawValue)\n"))
        let resumed = try FederatedRun.resume(path, changing: [(.rounds, "4")])
        #expect(resumed.configuration.precision == taken)
        try TinyRun.train([.precision: taken.rawValue], at: folder.path("again"))
        #expect(try TinyRun.weights(path, round: 3) == TinyRun.weights(folder.path("again"), round: 3))
    }

    @Test func bestUnitIsNoEmulation() {
        #expect(!BFloat16Unit.selected.isEmulated)
        #expect(BFloat16Unit.running.filter { !$0.isEmulated && !$0.isInstruction }.count == 1)
    }
}
