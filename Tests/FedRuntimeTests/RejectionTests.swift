import Codec
import FedRuntime
import Kernels
import TestSupport
import Testing

/// Frames that a server must refuse, each sent into an open round whose result must not change by a bit.
@Suite struct RejectionTests {
    @Test func framesOfAnotherRunRoundDeviceModelOrKind() throws {
        let changes: [(field: String, change: (inout FrameBinding) -> Void)] = [
            ("run id", { $0.runID = 1 }), ("run id", { $0.runID = 0 }), ("round", { $0.round += 1 }),
            ("round", { $0.round = 0 }), ("device", { $0.device = 77 }),
            ("base model", { $0.baseModel = ModelHash(low: 1, high: 2) }), ("payload kind", { $0.payload = .change }),
        ]
        for (field, change) in changes {
            try OpenRound.expectNoTrace { round in
                let frame = try round.frame(change)
                let rejection = #expect(throws: Rejection.self) {
                    try round.server.receive(frame, from: round.device, training: round.training)
                }
                guard case .frame(.bindingMismatch(let found, _, _)) = rejection else {
                    Issue.record("\(field): \(String(describing: rejection))")
                    return
                }
                #expect(found == field)
            }
        }
    }

    @Test func framesOfAnEarlierRound() throws {
        let toy = try ToyFederation()
        let server = try toy.server()
        let old = try server.begin()[0]
        let answer = try toy.answer(old, global: server.global)
        try server.receive(answer.frame, from: old.device.id, training: answer.training)
        _ = try server.finish()
        _ = try server.begin()
        let before = server.state
        #expect(throws: Rejection.self) { try server.receive(answer.frame, from: old.device.id, training: answer.training) }
        let finished = try server.finish()
        #expect(finished.record.devicesAccepted == 0)
        #expect(finished.devices[0].status == .rejected)
        #expect(try #require(finished.devices[0].reason).contains("round is 1, expected 2"))
        #expect(server.state.forecasts == before.forecasts)
    }

    /// An update has no room for anything besides the model's parameters.
    @Test func framesThatCarryMore() throws {
        let tensor = CarriedTensor(name: "note", type: .uint8, shape: [3], place: 0, bytes: [1, 2, 3])
        try OpenRound.expectNoTrace { round in
            for section in [try CarriedSection([tensor], metadata: []), try CarriedSection([], metadata: [("a", "b")])] {
                #expect(throws: Rejection.frame(.carriedNotAccepted)) {
                    try round.server.receive(section.attached(to: round.frame), from: round.device, training: round.training)
                }
            }
        }
    }

    @Test func damagedFrames() throws {
        try OpenRound.expectNoTrace { round in
            for byte in stride(from: 0, to: round.frame.count, by: 7) {
                var damaged = round.frame
                damaged[byte] ^= 1 << (byte % 8)
                #expect(throws: Rejection.self, "byte \(byte)") {
                    try round.server.receive(damaged, from: round.device, training: round.training)
                }
            }
            for count in [0, 1, round.frame.count / 2, round.frame.count - 1] {
                #expect(throws: Rejection.self) {
                    try round.server.receive(Array(round.frame[..<count]), from: round.device, training: round.training)
                }
            }
            #expect(throws: Rejection.self) {
                try round.server.receive(round.frame + [0], from: round.device, training: round.training)
            }
        }
    }

    @Test func aSecondFrameOfTheSameDevice() throws {
        let clean = try OpenRound()
        let expected = try clean.finishWell()
        let round = try OpenRound()
        try round.server.receive(round.frame, from: round.device, training: round.training)
        #expect(throws: Rejection.duplicate(device: round.device)) {
            try round.server.receive(round.frame, from: round.device, training: round.training)
        }
        for assignment in round.assignments[2...] {
            let answer = try round.toy.answer(assignment, global: round.server.global)
            try round.server.receive(answer.frame, from: assignment.device.id, training: answer.training)
        }
        #expect(try round.server.finish() == expected)
    }

    @Test func sendersThatWereNotAsked() throws {
        try OpenRound.expectNoTrace { round in
            let selected = Set(round.assignments.map(\.device.id))
            let idle = try #require((0..<5).first { !selected.contains($0) })
            for stranger in [idle, 99, -1] {
                #expect(throws: Rejection.notAssigned(device: stranger)) {
                    try round.server.receive(round.frame, from: stranger, training: round.training)
                }
            }
        }
        let server = try ToyFederation().server()
        let report = TrainingReport(loss: 1, samplesTrained: 1, executedFLOPs: 1, nominalFLOPs: 1)
        #expect(throws: Rejection.noRoundOpen) { try server.receive([], from: 0, training: report) }
    }

    @Test func bitsThatTheDeviceDoesNotAccept() throws {
        try OpenRound.expectNoTrace { round in
            let trained = Tensor(shape: [ToyFederation.layout.parameterCount])
            _ = round.toy.trainer.train(from: round.server.global, assignment: round.assignments[1], into: trained)
            let table = try ErrorTable(trained, layout: ToyFederation.layout, quantizer: round.toy.settings.quantizer)
            for (coding, width) in [(try table.coding(bits: 5), 5), (table.exactCoding, 32)] {
                let frame = UpdateFrame.encode(
                    trained, as: coding, binding: round.assignments[1].binding, seed: 1)
                #expect(throws: Rejection.bitsNotAllowed(bits: width, device: round.device)) {
                    try round.server.receive(frame, from: round.device, training: round.training)
                }
            }
        }
    }

    @Test func anotherGridOrGroupSize() throws {
        try OpenRound.expectNoTrace { round in
            let quantizer = Quantizer.levels(.zero, groupSize: 64)
            let table = try ErrorTable(round.server.global, layout: ToyFederation.layout, quantizer: quantizer)
            let frame = try UpdateFrame.encode(
                round.server.global, as: table.coding(bits: 8), binding: round.assignments[1].binding, seed: 1)
            #expect(throws: Rejection.otherQuantizer(quantizer, expected: round.toy.settings.quantizer)) {
                try round.server.receive(frame, from: round.device, training: round.training)
            }
        }
    }

    /// The squared norm is a claim: an absurd one, under a right checksum, must not make a round's sums infinite.
    @Test func claimsBeyondReason() throws {
        try OpenRound.expectNoTrace { round in
            let frame = resealed(round.frame, at: FrameFormat.squaredNormOffset, with: littleEndian(1e308.bitPattern))
            #expect(throws: Rejection.claim(field: "squared norm", value: 1e308, limit: 1e100)) {
                try round.server.receive(frame, from: round.device, training: round.training)
            }
        }
    }

    @Test func reportsThatCannotBeTrue() throws {
        try OpenRound.expectNoTrace { round in
            for change: (inout TrainingReport) -> Void in [
                { $0.loss = .nan }, { $0.loss = .infinity }, { $0.samplesTrained = 0 }, { $0.executedFLOPs = -5 },
                { $0.loss = 1e300 }, { $0.executedFLOPs = .max }, { $0.nominalFLOPs = .min }, { $0.samplesTrained = .max },
                { $0.bfloat16FLOPs = -1 }, { $0.bfloat16FLOPs = $0.executedFLOPs + 1 },
            ] {
                var report = round.training
                change(&report)
                #expect(throws: Rejection.self) { try round.server.receive(round.frame, from: round.device, training: report) }
            }
        }
    }

    @Test func updatesFarBeyondTheGlobalModel() throws {
        try OpenRound.expectNoTrace { round in
            let wild = Tensor(shape: [ToyFederation.layout.parameterCount])
            wild.fill(1e20)
            let table = try ErrorTable(wild, layout: ToyFederation.layout, quantizer: round.toy.settings.quantizer)
            let frame = try UpdateFrame.encode(
                wild, as: table.coding(bits: 8), binding: round.assignments[1].binding, seed: 1)
            let rejection = #expect(throws: Rejection.self) {
                try round.server.receive(frame, from: round.device, training: round.training)
            }
            guard case .sum(.magnitudeOutOfRange) = rejection else {
                Issue.record("\(String(describing: rejection))")
                return
            }
        }
    }

    @Test func aRefusedDeviceThatSendsNothingBetterIsRejected() throws {
        let round = try OpenRound()
        var damaged = round.frame
        damaged[damaged.count / 2] ^= 4
        #expect(throws: Rejection.frame(.checksumMismatch)) {
            try round.server.receive(damaged, from: round.device, training: round.training)
        }
        let finished = try round.server.finish()
        let record = try #require(finished.devices.first { $0.device == round.device })
        #expect(record.status == .rejected && record.payloadBytes == damaged.count && record.bits == nil)
        #expect(try #require(record.reason).contains("checksum"))
        #expect(finished.record.devicesAccepted == 1)
        #expect(finished.record.uploadBytes > damaged.count)
    }

    @Test func aClosedDeviceSendsNoMore() throws {
        let round = try OpenRound()
        try round.server.close(device: round.device, as: .late, reason: "deadline of 60 s", training: nil)
        #expect(throws: Rejection.closed(device: round.device, .late)) {
            try round.server.receive(round.frame, from: round.device, training: round.training)
        }
        #expect(throws: Rejection.duplicate(device: round.assignments[0].device.id)) {
            try round.server.close(device: round.assignments[0].device.id, as: .dropped, reason: "gone")
        }
        let record = try #require(try round.server.finish().devices.first { $0.device == round.device })
        #expect(record.status == .late && record.reason == "deadline of 60 s" && record.energyTotalJoules == nil)
    }
}
