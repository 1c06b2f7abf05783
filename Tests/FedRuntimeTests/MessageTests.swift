import Codec
import FedRuntime
import Foundation
import Kernels
import Testing

/// Assignments as they travel.
@Suite struct MessageTests {
    private static let schemes: [Scheme] = [
        .onDemand, .onDemandSystem(aggregateError: nil), .onDemandSystem(aggregateError: 0.01), .fixed(bits: 5), .fedAvg,
        .fedAvgOptimalSplit, .onDemandEvenSplit, .fixedOptimalSplit(bits: 4),
    ]
    private static let quantizers: [Quantizer] = [
        .levels(.paper), .levels(.zero, groupSize: 64), .lattice(.stochastic), .lattice(.dithered),
    ]

    private func travelled(_ assignment: Assignment) throws -> Assignment {
        let bytes = try JSONEncoder().encode(AssignmentMessage(assignment))
        return try JSONDecoder().decode(AssignmentMessage.self, from: bytes).assignment()
    }

    @Test(arguments: schemes, quantizers)
    func anAssignmentComesBackAsItWent(scheme: Scheme, quantizer: Quantizer) throws {
        var toy = try ToyFederation()
        (toy.settings.scheme, toy.settings.quantizer) = (scheme, quantizer)
        toy.settings.plansDownlink = scheme != .fedAvg
        let server = try toy.server()
        let assignments = try server.begin()
        #expect(!assignments.isEmpty)
        for assignment in assignments { #expect(try travelled(assignment) == assignment) }
    }

    @Test func roundsByMessagesAreRoundsInOneProcess() throws {
        let toy = try ToyFederation()
        let (near, far) = (try toy.server(), try toy.server())
        for _ in 0..<3 {
            let expected = try toy.runRound(near)
            var local = LocalDevices(trainer: toy.trainer, layout: ToyFederation.layout)
            for assignment in try far.begin() {
                // A device has its own copy of the weights.
                let global = Tensor(shape: far.broadcast.shape, values: far.broadcast.values)
                try far.take(try local.answer(travelled(assignment), global: global), from: assignment.device.id)
            }
            #expect(try far.finish() == expected)
        }
        #expect(bits(near.global) == bits(far.global))
    }

    @Test func aDeviceThatSendsNothingIsRecordedWithItsReason() throws {
        let server = try ToyFederation().server()
        let assignments = try server.begin()
        try server.take(.dropped("no power"), from: assignments[0].device.id)
        let record = try #require(try server.finish().devices.first { $0.device == assignments[0].device.id })
        #expect(record.status == .dropped && record.reason == "no power")
    }

    @Test(arguments: [
        ("\"version\":2", "\"version\":1", "version 1 is not 2"), ("\"batch_size\":", "\"batch_size\":-", "batch_size -"),
        ("\"grid\":\"", "\"grid\":\"x", "grid x"), ("\"theta\":0.", "\"theta\":-0.", "theta -0."),
        ("\"distance_m\":", "\"distance_m\":-", "distance_m -"), ("\"coded_bytes\":[", "\"coded_bytes\":[1,", "errors and sizes"),
        ("\"bits_min\":", "\"bits_min\":9", "bits_min 9"), ("\"scheme\":\"", "\"scheme\":\"x", "scheme x"),
        ("\"samples\":", "\"samples\":-", "device: "),
        ("\"relative_error\":", "\"bytes\":1,\"relative_error\":", "demand has not one"),
    ])
    func aMessageOutOfRangeIsOneLine(found: String, replacement: String, words: String) throws {
        let assignment = try #require(try ToyFederation().server().begin().first)
        let text = String(decoding: try JSONEncoder().encode(AssignmentMessage(assignment)), as: UTF8.self)
        #expect(text.contains(found))
        let message = try JSONDecoder().decode(AssignmentMessage.self, from: Data(text.replacing(found, with: replacement).utf8))
        let error = #expect(throws: MessageError.self) { try message.assignment() }
        #expect(error.map { $0.description.contains(words) && !$0.description.contains("\n") } == true, "\(error as Any)")
    }
}
