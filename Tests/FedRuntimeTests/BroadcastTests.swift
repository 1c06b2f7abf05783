import Codec
import FedRuntime
import Kernels
import TestSupport
import Testing

/// The global model on its way to the devices, quantized.
@Suite struct BroadcastTests {
    private func toy(_ bits: Int?, grid: QuantizationGrid = .lattice, payload: PayloadKind = .change) throws -> ToyFederation {
        var toy = try ToyFederation(devices: 3)
        toy.settings.quantizer = grid.quantizer
        toy.settings.payload = payload
        toy.settings.downlinkBits = bits
        toy.settings.timeBudget = .seconds(1e3)
        return toy
    }

    @Test(arguments: QuantizationGrid.allCases, [2, 6])
    func devicesStartFromWhatTheFrameHolds(grid: QuantizationGrid, bits: Int) throws {
        let toy = try toy(bits, grid: grid)
        let server = try toy.server()
        let assignments = try server.begin()
        let frame = try UpdateFrame(try #require(server.broadcastFrame), limits: FrameLimits(expecting: ToyFederation.layout))
        try frame.verify(
            FrameBinding(
                runID: toy.settings.runID, round: 1, device: .max, baseModel: ModelHash(of: server.global), payload: .weights))
        let decoded = Tensor(shape: [ToyFederation.layout.parameterCount])
        frame.decode(into: decoded)
        #expect(decoded.values == server.broadcast.values && decoded.values != server.global.values)
        #expect(assignments.allSatisfy { $0.binding.baseModel == ModelHash(of: decoded) })
        let error = zip(decoded.values, server.global.values).reduce(0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
        #expect(error < 2 * frame.header.expectedError && error > 0.4 * frame.header.expectedError)
        server.abandon()
        let record = try toy.runRound(server).record
        #expect(record.downloadBits == bits && record.downloadErrorAbsolute == frame.header.expectedError)
        #expect(record.downloadErrorRelative == frame.header.relativeError)
        #expect(record.downloadBytes == 3 * frame.bytes.count)
    }

    /// The fewest bytes with the error that is asked for, and no fewer.
    @Test(arguments: QuantizationGrid.allCases, [1e-3, 0.02])
    func aDemandChoosesTheBits(grid: QuantizationGrid, demand: Double) throws {
        var toy = try toy(nil, grid: grid)
        toy.settings.downlinkDemand = demand
        let record = try toy.runRound(toy.server()).record
        let error = try #require(record.downloadErrorRelative)
        #expect(error <= demand && error > 0)
        let bits = try #require(record.downloadBits)
        #expect(bits < 8)
        if bits > 2, grid != .lattice {
            toy.settings.downlinkDemand = nil
            toy.settings.downlinkBits = bits - 1
            let coarser = try toy.runRound(toy.server()).record
            #expect(coarser.downloadBytes < record.downloadBytes && coarser.downloadErrorRelative ?? 0 > demand)
        }
    }

    @Test func aDemandThatIsNoErrorIsRefused() throws {
        var toy = try toy(nil)
        toy.settings.downlinkDemand = 0
        #expect(throws: FederationError.downlinkDemandOutOfRange(0)) { try toy.server() }
    }

    @Test func changesAreAddedToTheExactModel() throws {
        var toy = try toy(3)
        toy.settings.scheme = .fedAvg
        let server = try toy.server()
        let start = server.global.values.map(Double.init)
        var mean = start
        let samples = toy.devices.reduce(0) { $0 + $1.samples }
        let finished = try toy.runRound(
            server,
            observe: { update, _ in
                let trained = Tensor(shape: [start.count])
                _ = toy.trainer.train(from: server.broadcast, assignment: update.assignment, into: trained)
                let share = Double(update.assignment.device.samples) / Double(samples)
                for index in start.indices { mean[index] += share * Double(trained[index] - server.broadcast[index]) }
            })
        #expect(finished.record.devicesAccepted == 3)
        #expect(isClose(server.global.values, mean.map { Float($0) }, tolerance: 1e-6))
    }

    @Test(arguments: PayloadKind.allCases)
    func trainingConvergesWithABroadcastOfEightBits(payload: PayloadKind) throws {
        let toy = try toy(8, payload: payload)
        let server = try toy.server()
        let first = try #require(try toy.runRound(server).record.loss)
        var last = first
        for _ in 0..<20 { last = try #require(try toy.runRound(server).record.loss) }
        #expect(last < 0.1 * first)
        var again = toy
        again.threads = 2
        let other = try again.server()
        for _ in 0..<21 { _ = try again.runRound(other) }
        #expect(bits(other.global) == bits(server.global))
    }

    @Test func exactBroadcastsSayNothingOfBits() throws {
        let toy = try toy(nil)
        let server = try toy.server()
        _ = try server.begin()
        #expect(server.broadcastFrame == nil && server.broadcast === server.global)
        server.abandon()
        let record = try toy.runRound(server).record
        #expect(record.downloadBits == nil && record.downloadErrorAbsolute == nil)
        #expect(record.downloadBytes == 3 * 4 * ToyFederation.layout.parameterCount)
        var wrong = toy
        wrong.settings.downlinkBits = 9
        #expect(throws: FederationError.bitsOutOfRange(9)) { try wrong.server() }
    }
}
