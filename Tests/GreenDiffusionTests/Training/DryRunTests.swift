import Foundation
import GreenDiffusion
import RunTestSupport
import TestSupport
import Testing

@Suite struct DryRunTests {
    @Test func thePlanIsThatOfTheFirstRound() throws {
        let folder = TemporaryFolder()
        let dry = try DryRun(TinyRun.configuration([.rounds: "2"]))
        #expect(dry.devices.count == 3 && dry.devices.allSatisfy { $0.plan != nil })
        #expect(dry.energyJoules > 0 && dry.uploadBytes > 0 && dry.wallSeconds > 0 && dry.secondsPerStep > 0)
        let run = try TinyRun.train([.rounds: "1"], at: folder.path("run"))
        let devices = try run.summary()
        #expect(abs(dry.energyJoules - devices.energyTotalJoules) < 0.5 * dry.energyJoules)
        #expect(dry.downloadBytes == devices.downloadBytes)
        #expect(dry.overview.imagesOfDevices.count == 3 && dry.overview.devicesPerRound == 3)
    }

    @Test func infeasibleDevicesAreListedWithTheReason() throws {
        let dry = try DryRun(TinyRun.configuration([.timeBudget: "1e-6"]))
        #expect(dry.devices.allSatisfy { $0.plan == nil && $0.reason?.contains("time budget") == true })
        #expect(dry.energyJoules == 0 && dry.energyComputeJoules == 0)
    }
}
