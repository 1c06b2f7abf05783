import Codec
import FedRuntime
import Kernels
import Testing

/// An open round in which device 0 has answered, and device 1's good frame.
struct OpenRound {
    let toy: ToyFederation
    let server: FederatedServer
    let assignments: [Assignment]
    let frame: [UInt8]
    let training: TrainingReport

    init(_ change: (inout FederationSettings) -> Void = { _ in }) throws {
        var toy = try ToyFederation(devices: 5, selected: 4)
        change(&toy.settings)
        self.toy = toy
        server = try toy.server()
        assignments = try server.begin()
        let first = try toy.answer(assignments[0], global: server.global)
        try server.receive(first.frame, from: assignments[0].device.id, training: first.training)
        (frame, training) = try toy.answer(assignments[1], global: server.global)
    }

    /// Device 1's id.
    var device: Int { assignments[1].device.id }

    /// Finishes the round with all devices' good frames.
    func finishWell() throws -> FinishedRound {
        for assignment in assignments[1...] {
            let answer = try toy.answer(assignment, global: server.global)
            try server.receive(answer.frame, from: assignment.device.id, training: answer.training)
        }
        return try server.finish()
    }

    /// Device 1's update under another binding.
    func frame(_ change: (inout FrameBinding) -> Void) throws -> [UInt8] {
        var binding = assignments[1].binding
        change(&binding)
        let trained = Tensor(shape: [ToyFederation.layout.parameterCount])
        _ = toy.trainer.train(from: server.global, assignment: assignments[1], into: trained)
        let table = try ErrorTable(trained, layout: ToyFederation.layout, quantizer: toy.settings.quantizer)
        return try UpdateFrame.encode(
            trained, as: table.coding(bits: 8), binding: binding, seed: toy.settings.seed)
    }

    /// Checks that `attack` is refused and that the round then ends as if it had not happened.
    static func expectNoTrace(
        _ change: (inout FederationSettings) -> Void = { _ in }, _ attack: (OpenRound) throws -> Void
    ) throws {
        let clean = try OpenRound(change)
        let expected = try clean.finishWell()
        let attacked = try OpenRound(change)
        try attack(attacked)
        #expect(try attacked.finishWell() == expected)
        #expect(bits(attacked.server.global) == bits(clean.server.global))
        #expect(attacked.server.state == clean.server.state)
    }
}
