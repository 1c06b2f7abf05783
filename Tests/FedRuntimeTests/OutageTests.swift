import Codec
import Energy
import FedRuntime
import Testing

/// A device whose channel is too weak, step by step: fewer bits, more time, not at all.
@Suite struct OutageTests {
    /// One device that wants 8 bits, on a channel without fading.
    private func toy(_ change: (inout FederationSettings) -> Void) throws -> ToyFederation {
        var toy = try ToyFederation(devices: 1, demand: 1e-9...1e-9)
        toy.settings.fading = .none
        toy.settings.comparedSchemes = []
        change(&toy.settings)
        return toy
    }

    /// The smallest time budget at which the device's first plan sends so many bits.
    private func smallestSeconds(bits: Int) throws -> Double {
        let assignment = try toy { $0.timeBudget = .seconds(1e3) }.server().begin()[0]
        let payload = 8 * Double(assignment.forecast.summary.codedBytes(bits: bits))
        return try assignment.plan.problem.with(payloadBits: payload).smallestTimeBudgetSeconds
    }

    @Test func aChannelThatFitsLeavesThePlanAlone() throws {
        let toy = try toy { $0.timeBudget = .seconds(1e3) }
        let record = try toy.runRound(toy.server()).devices[0]
        #expect(record.status == .ok && record.bitsPlanned == 8)
        #expect(record.outageAction == nil && record.reason == nil && record.timeBudgetSeconds == 1e3)
    }

    @Test func firstTheDeviceSendsFewerBits() throws {
        let budget = try (smallestSeconds(bits: 6) + smallestSeconds(bits: 7)) / 2
        let toy = try toy {
            $0.timeBudget = .seconds(budget)
            $0.allowedExtraSeconds = 1e3
        }
        let record = try toy.runRound(toy.server()).devices[0]
        #expect(record.status == .ok && record.bitsPlanned == 6 && record.demandMet == false)
        #expect(record.outageAction == .fewerBits && record.timeBudgetSeconds == budget)
        let reason = try #require(record.reason)
        #expect(reason.hasPrefix("8 bits: ") && reason.contains("planned 6 bits within \(budget) s instead"))
    }

    @Test func thenItTakesLongerAsFarAsTheRunAllows() throws {
        let smallest = try smallestSeconds(bits: 6)
        let longer = 0.5 * smallest + 100 * smallest
        let toy = try toy {
            $0.timeBudget = .seconds(0.5 * smallest)
            $0.allowedExtraSeconds = 100 * smallest
        }
        let server = try toy.server()
        let finished = try toy.runRound(server)
        let record = finished.devices[0]
        #expect(record.status == .ok && record.bits == 8, "with enough time its demand's bits fit again")
        #expect(record.outageAction == .longerTime && record.timeBudgetSeconds == longer)
        #expect(try #require(record.reason).contains("planned 8 bits within \(longer) s instead"))
        let time = try #require(record.timeComputeSeconds) + (try #require(record.timeCommunicationSeconds))
        #expect(time > 0.5 * smallest && time <= longer * (1 + 1e-12))
        #expect(finished.record.timeBudgetSeconds == 0.5 * smallest, "the round's own budget is as set")
    }

    @Test func atLastItIsSkipped() throws {
        let smallest = try smallestSeconds(bits: 6)
        for extra in [0, 0.25 * smallest] {
            let toy = try toy {
                $0.timeBudget = .seconds(0.5 * smallest)
                $0.allowedExtraSeconds = extra
            }
            let finished = try toy.runRound(toy.server())
            let record = finished.devices[0]
            #expect(record.status == .infeasible && record.outageAction == .skipped && !finished.record.modelUpdated)
            #expect(try #require(record.reason).hasPrefix("6 bits: "))
            #expect(record.energySystemJoules == nil && record.timeBudgetSeconds == nil)
        }
    }

    @Test func fixedWidthsHaveNoFewerBitsToTry() throws {
        let smallest = try smallestSeconds(bits: 8)
        let toy = try toy {
            $0.scheme = .fixed(bits: 8)
            $0.timeBudget = .seconds(0.9 * smallest)
            $0.allowedExtraSeconds = 10 * smallest
        }
        let record = try toy.runRound(toy.server()).devices[0]
        #expect(record.status == .ok && record.outageAction == .longerTime && record.bits == 8)
    }

    @Test func aDeepFadeInATraceIsAnOutageOfThatRoundOnly() throws {
        let budget = try 1.01 * smallestSeconds(bits: 8)
        let toy = try toy {
            $0.timeBudget = .seconds(budget)
            $0.fading = .trace(ChannelTrace(gains: [0: [1, 1e-9]]))
        }
        let server = try toy.server()
        let records = try (0..<3).map { _ in try toy.runRound(server).devices[0] }
        #expect(records.map(\.fading) == [1, 1e-9, 1])
        #expect(records.map(\.status) == [.ok, .infeasible, .ok])
        #expect(records.map(\.outageAction) == [nil, .skipped, nil])
    }

    @Test func negativeExtraTimeIsRefused() throws {
        #expect(throws: FederationError.extraTimeOutOfRange(-1)) { try toy { $0.allowedExtraSeconds = -1 }.server() }
    }
}
