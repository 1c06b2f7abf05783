import FedRuntime
import Foundation
import GreenDiffusion
import Kernels
import RunTestSupport
import TestSupport
import Testing

/// Rounds whose devices are elsewhere: they have nothing but messages and a configuration.
@Suite struct RunDeviceTests {
    private let folder = TemporaryFolder()

    private func message(_ assignment: Assignment) throws -> Assignment {
        let bytes = try JSONEncoder().encode(AssignmentMessage(assignment))
        return try JSONDecoder().decode(AssignmentMessage.self, from: bytes).assignment()
    }

    private func records(_ files: RunFiles) throws -> [String] {
        let lines = try String(contentsOfFile: files.devicesFile.path, encoding: .utf8).split(separator: "\n").map(String.init)
        return lines.map { $0.replacing(/,?"wall_s":[^,}]*/, with: "") }
    }

    @Test(arguments: [[:], [Setting.downlinkBits: "6"], [.scheme: "fedavg", .payload: "weights"]] as [[Setting: String]])
    func theGlobalModelIsThatOfOneProcess(settings: [Setting: String]) throws {
        let near = try TinyRun.train(settings, at: folder.path("near"))
        let configuration = try TinyRun.configuration(settings)
        let far = try FederatedRun.start(configuration, at: folder.path("far"))
        let rounds = try RunRounds(of: far, isLocal: false) { _ in }
        var devices: [Int: RunDevice] = [:]
        while rounds.areLeft {
            // The last to be asked answers first.
            for assignment in try rounds.begin().reversed() {
                let id = assignment.device.id
                let device = try devices[id] ?? RunDevice(configuration, device: id)
                devices[id] = device
                let global = Tensor(shape: rounds.global.shape, values: rounds.global.values)
                try rounds.take(try device.answer(message(assignment), global: global), from: id)
            }
            try rounds.end()
        }
        try rounds.finish()
        for name in ["diffusion_pytorch_model.safetensors", "config.json"] {
            #expect(
                try Data(contentsOf: URL(fileURLWithPath: "\(near.files.modelFolder)/\(name)"))
                    == Data(contentsOf: URL(fileURLWithPath: "\(far.files.modelFolder)/\(name)")))
        }
        #expect(try records(near.files) == records(far.files))
    }

    @Test func assignmentsOfOthersAreRefused() throws {
        let configuration = try TinyRun.configuration()
        let rounds = try RunRounds(of: try FederatedRun.start(configuration, at: folder.path("run")), isLocal: false) { _ in }
        let assignments = try rounds.begin()
        let device = try RunDevice(configuration, device: assignments[0].device.id)
        func error(_ assignment: Assignment, _ global: Tensor) -> String {
            do {
                return "no error: \(try device.answer(assignment, global: global))"
            } catch { return "\(error)" }
        }
        #expect(error(assignments[1], rounds.global).contains("another device"))
        #expect(error(assignments[0], Tensor(shape: [7])).contains("7 values does not fit"))
        #expect(error(assignments[0], Tensor(shape: rounds.global.shape)).contains("not the one that the assignment names"))
        let more = try RunDevice(TinyRun.configuration([.images: "60"]), device: assignments[0].device.id)
        #expect(throws: ConfigurationError.self) { try more.answer(assignments[0], global: rounds.global) }
        #expect(throws: ConfigurationError.self) { try RunDevice(configuration, device: 99) }
    }
}
