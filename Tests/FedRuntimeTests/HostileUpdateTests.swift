import Codec
import FedRuntime
import Kernels
import TestSupport
import Testing

/// Well-formed frames with values that no honest device sends: refused with a reason, and the round ends as without them.
@Suite struct HostileUpdateTests {
    /// The largest norm of the round's honest updates, from their decoded frames in plain form.
    private func honestNorm(_ round: OpenRound) throws -> Double {
        try round.assignments.map { try norm(round.toy.answer($0, global: round.server.global).frame, round) }.max() ?? 0
    }

    private func norm(_ bytes: [UInt8], _ round: OpenRound) throws -> Double {
        let decoded = Tensor(shape: [ToyFederation.layout.parameterCount])
        try UpdateFrame(bytes).decode(into: decoded)
        let start = round.toy.settings.payload == .weights ? round.server.global.values : []
        let changes = decoded.values.enumerated().map { Double($1) - (start.isEmpty ? 0 : Double(start[$0])) }
        return changes.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }

    /// Device 1's frame with its change stretched.
    private func frame(_ round: OpenRound, stretchedBy factor: Float) throws -> [UInt8] {
        let trained = Tensor(shape: [ToyFederation.layout.parameterCount])
        _ = round.toy.trainer.train(from: round.server.global, assignment: round.assignments[1], into: trained)
        for index in 0..<trained.count {
            let start = round.server.global[index]
            trained[index] = start + factor * (trained[index] - start)
        }
        let update = try DeviceUpdate(
            round.assignments[1], trained: trained, global: round.server.global, layout: ToyFederation.layout)
        return try update.upload().get().frame
    }

    @Test(arguments: PayloadKind.allCases) func updatesAboveTheNormBound(payload: PayloadKind) throws {
        let bound = 1.5 * (try honestNorm(try OpenRound { $0.payload = payload }))
        try OpenRound.expectNoTrace {
            $0.payload = payload
            $0.aggregation.normBound = bound
        } _: { round in
            let frame = try frame(round, stretchedBy: 3)
            let rejection = #expect(throws: Rejection.self) {
                try round.server.receive(frame, from: round.device, training: round.training)
            }
            guard case .norm(let found, bound) = rejection else {
                Issue.record("\(String(describing: rejection))")
                return
            }
            #expect(try abs(found / norm(frame, round) - 1) < 1e-12)
        }
        let unbounded = try OpenRound { $0.payload = payload }
        try unbounded.server.receive(
            try frame(unbounded, stretchedBy: 3), from: unbounded.device, training: unbounded.training)
    }

    @Test func theBoundItselfIsAccepted() throws {
        let free = try OpenRound()
        let norm = try UpdateFrame(frame(free, stretchedBy: 4)).updateNorm(global: free.server.global)
        let just = try OpenRound { $0.aggregation.normBound = norm }
        try just.server.receive(try frame(just, stretchedBy: 4), from: just.device, training: just.training)
        let below = try OpenRound { $0.aggregation.normBound = norm.nextDown }
        let tooLarge = try frame(below, stretchedBy: 4)
        #expect(throws: Rejection.norm(norm, bound: norm.nextDown)) {
            try below.server.receive(tooLarge, from: below.device, training: below.training)
        }
        let record = try #require(try below.server.finish().devices.first { $0.device == below.device })
        #expect(record.status == .rejected)
        let reason = try #require(record.reason)
        #expect(reason.contains("\(norm)") && reason.contains("\(norm.nextDown)") && reason.contains("norm-bound"))
    }

    /// NaN and infinity under a right checksum: as a raw value, and as a scale of codes.
    @Test(arguments: [Float.nan, .infinity, -.infinity, -.nan]) func valuesThatAreNotFinite(value: Float) throws {
        for scheme in [Scheme.fedAvg, .fixed(bits: 8)] {
            try OpenRound.expectNoTrace {
                $0.scheme = scheme
                $0.timeBudget = .seconds(1e3)
            } _: { round in
                let frame = resealed(
                    round.frame, at: dataOffset(of: round.frame), with: littleEndian(value.bitPattern))
                let rejection = #expect(throws: Rejection.self) {
                    try round.server.receive(frame, from: round.device, training: round.training)
                }
                switch rejection {
                case .frame(.valueOutOfRange(let tensor, 0, _)): #expect(scheme == .fedAvg && tensor == "regression.weight")
                case .frame(.invalidScale(let tensor, 0, _)): #expect(scheme != .fedAvg && tensor == "regression.weight")
                default: Issue.record("\(String(describing: rejection))")
                }
            }
        }
    }

    @Test(arguments: [0, -1, Double.nan, .infinity]) func invalidBounds(bound: Double) throws {
        var toy = try ToyFederation()
        toy.settings.aggregation.normBound = bound
        let error = #expect(throws: FederationError.self) { try toy.server() }
        #expect("\(error.map { "\($0)" } ?? "")".contains("norm bound \(bound) is not above 0"))
    }
}
