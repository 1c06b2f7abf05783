import Codec
import FedRuntime
import Kernels
import Records
import Testing

@Suite struct SchemeComparisonTests {
    private func compare(
        _ scheme: Scheme, order: ([Assignment]) -> [Assignment] = { $0 }
    ) throws -> (rows: [SchemeRecord], finished: FinishedRound) {
        var toy = try ToyFederation(devices: 6)
        toy.settings.scheme = scheme
        toy.settings.timeBudget = .seconds(try toy.server().state.timeBudgetSeconds * 4)
        let server = try toy.server()
        var comparison = SchemeComparison(of: server)
        let finished = try toy.runRound(server, order: order, observe: { comparison.add($0, sent: $1) })
        return (comparison.records(round: 1), finished)
    }

    /// Each scheme's row is what a run under that scheme really costs.
    @Test(arguments: Scheme.compared) func rowsAgreeWithTheRealRound(scheme: Scheme) throws {
        let rows = try compare(.fixed(bits: 8)).rows
        let row = try #require(rows.first { $0.scheme == scheme.name })
        let real = try compare(scheme).finished.record
        #expect(row.devices == 6 && real.devicesAccepted == 6)
        #expect(row.uploadBytes == real.uploadBytes && row.bitsMean == real.bitsMean)
        #expect(abs(row.energyComputeJoules / real.energyComputeJoules - 1) < 1e-12)
        #expect(abs(row.energyCommunicationJoules / real.energyCommunicationJoules - 1) < 1e-12)
        #expect(abs(row.errorAbsolute - real.quantizationErrorAbsolute) <= 1e-12 * real.quantizationErrorAbsolute)
    }

    @Test func onDemandSpendsLessThanEveryBaseline() throws {
        let rows = try compare(.onDemand).rows
        #expect(rows.map(\.scheme) == Scheme.compared.map(\.name))
        for baseline in rows[1...] where !baseline.scheme.hasSuffix("optimal") {
            #expect(rows[0].energyTotalJoules < baseline.energyTotalJoules, "\(baseline.scheme)")
        }
        let named = Dictionary(uniqueKeysWithValues: rows.map { ($0.scheme, $0) })
        let fixed = try (6...8).map { try #require(named["fixed-\($0)"]) }
        let fedAvg = try #require(named["fedavg-32"])
        #expect(fixed[0].uploadBytes < fixed[1].uploadBytes && fixed[2].uploadBytes < fedAvg.uploadBytes)
        #expect(fixed[0].errorAbsolute > fixed[1].errorAbsolute && fedAvg.errorAbsolute == 0)
        #expect(rows.allSatisfy { $0.devicesInfeasible == 0 && $0.devicesUnserved == [] })
    }

    /// Both splits send the same bytes; the optimal one costs no more.
    @Test func theSplitAloneSaves() throws {
        let pairs = SchemeAverage.averages(try compare(.onDemand).rows).pairs
        #expect(Set(pairs.map(\.name)) == ["on-demand", "fixed-6", "fixed-7", "fixed-8", "fedavg-32"])
        for pair in pairs {
            let (even, optimal) = (try #require(pair.even), try #require(pair.optimal))
            #expect(even.uploadBytes == optimal.uploadBytes && even.errorAbsolute == optimal.errorAbsolute)
            #expect(try #require(pair.splitSaves) > 1, "\(pair.name)")
        }
        let own = try #require(pairs.first { $0.name == "on-demand" })
        #expect(try #require(own.bitsSave(against: pairs.reference)) > 1)
    }

    @Test func rowsDoNotDependOnTheOrder() throws {
        #expect(try compare(.onDemand).rows == compare(.onDemand, order: { $0.reversed() }).rows)
    }

    @Test func comparingChangesNothing() throws {
        var toy = try ToyFederation()
        toy.settings.payload = .change
        let (plain, watched) = (try toy.server(), try toy.server())
        var comparison = SchemeComparison(of: watched)
        let expected = try toy.runRound(plain)
        #expect(try toy.runRound(watched, observe: { comparison.add($0, sent: $1) }) == expected)
        #expect(bits(plain.global) == bits(watched.global))
    }

    @Test func schemesShareSelectionAndFading() throws {
        var draws: [[String]] = []
        for scheme in Scheme.compared {
            var toy = try ToyFederation(devices: 9, selected: 4)
            toy.settings.scheme = scheme
            let server = try toy.server()
            draws.append(
                try (0..<4).flatMap { _ in
                    try toy.runRound(server).devices.map { "\($0.round) \($0.device) \($0.fading ?? 0)" }
                })
        }
        #expect(Set(draws).count == 1)
    }

    @Test func infeasibleDevicesAreCountedAndLeftOut() throws {
        var toy = try ToyFederation(devices: 6)
        toy.settings.comparedSchemes = []
        let server = try toy.server()
        var comparison = SchemeComparison(of: server)
        let finished = try toy.runRound(server, observe: { comparison.add($0, sent: $1) })
        let rows = comparison.records(round: 1)
        let fedAvg = try #require(rows.last)
        #expect(fedAvg.devicesInfeasible > 0 && fedAvg.devicesUnserved?.count == fedAvg.devicesInfeasible)
        #expect(rows.allSatisfy { $0.devices == rows[0].devices && $0.devices < finished.record.devicesAccepted })
    }
}
