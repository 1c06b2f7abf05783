import Datasets
import FedRuntime
import Foundation
import GreenDiffusion
import ImageFiles
import Kernels
import RunTestSupport
import TestSupport
import Testing

/// Rounds whose devices are elsewhere: they have nothing but messages and a configuration.
@Suite struct RunDeviceTests {
    private let folder = TemporaryFolder()

    private func sent(_ message: AssignmentMessage) throws -> AssignmentMessage {
        try JSONDecoder().decode(AssignmentMessage.self, from: try JSONEncoder().encode(message))
    }

    private func expectSameModel(_ near: RunFiles, _ far: RunFiles) throws {
        for name in ["diffusion_pytorch_model.safetensors", "config.json"] {
            #expect(
                try Data(contentsOf: URL(fileURLWithPath: "\(near.modelFolder)/\(name)"))
                    == Data(contentsOf: URL(fileURLWithPath: "\(far.modelFolder)/\(name)")))
        }
    }

    /// Runs all rounds with devices that `open` opens anew each round if `forgets`; the last to be asked answers first.
    private func drive(_ run: FederatedRun, forgets: Bool = false, open: (Int) throws -> RunDevice) throws {
        let rounds = try RunRounds(of: run) { _ in }
        var devices: [Int: RunDevice] = [:]
        while rounds.areLeft {
            if forgets { devices = [:] }
            for message in try rounds.beginMessages().reversed() {
                let (message, assignment) = (try sent(message), try sent(message).assignment())
                let id = assignment.device.id
                let device = try devices[id] ?? open(id)
                devices[id] = device
                let global = Tensor(shape: rounds.global.shape, values: rounds.global.values)
                try rounds.take(
                    try device.answer(assignment, acceptedRound: message.acceptedRound, global: global), from: id)
            }
            try rounds.end()
        }
        try rounds.finish()
    }

    private func records(_ files: RunFiles) throws -> [String] {
        let lines = try String(contentsOfFile: files.devicesFile.path, encoding: .utf8).split(separator: "\n").map(String.init)
        return lines.map { $0.replacing(/,?"wall_s":[^,}]*/, with: "") }
    }

    @Test(arguments: [[:], [Setting.downlinkBits: "6"], [.scheme: "fedavg", .payload: "weights"]] as [[Setting: String]])
    func theGlobalModelIsThatOfOneProcess(settings: [Setting: String]) throws {
        let near = try TinyRun.train(settings, at: folder.path("near"))
        let configuration = try TinyRun.configuration(settings)
        let far = try FederatedRun.start(configuration, at: folder.path("far"), site: .server)
        try drive(far) { try RunDevice(configuration, device: $0) }
        try expectSameModel(near.files, far.files)
        #expect(try records(near.files) == records(far.files))
    }

    /// Devices are opened anew each round, as processes of their own would be.
    @Test func errorFeedbackGoesOnFromAcceptedFrames() throws {
        let settings: [Setting: String] = [.errorFeedback: "3", .demand: "0.3", .rounds: "4"]
        let near = try TinyRun.train(settings, at: folder.path("near"))
        let configuration = try TinyRun.configuration(settings)
        let far = try FederatedRun.start(configuration, at: folder.path("far"), site: .server)
        func open(_ id: Int) throws -> RunDevice {
            try RunDevice(configuration, device: id, folder: folder.path("device-\(id)"))
        }
        try drive(far, forgets: true, open: open)
        try expectSameModel(near.files, far.files)
        #expect(try records(near.files) == records(far.files))
        #expect(throws: ConfigurationError.self) { try RunDevice(configuration, device: 0) }
    }

    @Test func whatARefusedFrameLeftOutIsForgotten() throws {
        let configuration = try TinyRun.configuration([.errorFeedback: "3", .demand: "0.3"])
        let files = RunFiles(path: folder.path("run"))
        let device = try RunDevice(configuration, device: 0, folder: folder.path("device"))
        var feedbackRounds: [Int?] = []
        // Round 1 is taken, round 2 is not; the server is taken up again after each.
        for isTaken in [true, false, true] {
            let run =
                feedbackRounds.isEmpty
                ? try FederatedRun.start(configuration, at: files.path, site: .server)
                : try FederatedRun.resume(files.path, changing: [], site: .server)
            let rounds = try RunRounds(of: run) { _ in }
            let message = try #require(try rounds.beginMessages().first { try $0.assignment().device.id == 0 })
            let answer = try device.answer(
                message.assignment(), acceptedRound: message.acceptedRound, global: rounds.global)
            feedbackRounds.append(answer.training?.feedbackRound)
            if isTaken { try rounds.take(answer, from: 0) }
            try rounds.end()
        }
        #expect(feedbackRounds == [nil, 1, 1])
    }

    /// Three devices with a folder of images each, in one process by partition folders, and apart, the server without any.
    @Test func devicesWithImagesOfTheirOwnTrainAsFoldersDo() throws {
        let signs = try SyntheticSigns(count: 30, seed: 1, size: .square(16))
        for index in 0..<30 {
            let device = folder.path("all/device-\(index % 3)")
            try FileManager.default.createDirectory(atPath: device, withIntermediateDirectories: true)
            try ImageFile.write(signs.image(at: index), to: "\(device)/\(index + 10).png")
        }
        var folders = try TinyRun.configuration([.data: "folder:\(folder.path("all"))", .partition: "folders"])
        folders.images = nil
        let near = try FederatedRun.start(folders, at: folder.path("near"))
        try near.train { _ in }
        var own = try TinyRun.configuration([.partition: "own:10,10,10"])
        own.images = nil
        let far = try FederatedRun.start(own, at: folder.path("far"), site: .server)
        try drive(far) { id in
            var configuration = own
            try configuration.set(.partition, to: "own")
            try configuration.set(.data, to: "folder:\(folder.path("all/device-\(id)"))")
            let device = try RunDevice(configuration, device: id)
            #expect(device.imageCount == 10)
            return device
        }
        try expectSameModel(near.files, far.files)
    }

    @Test func imagesOfOnesOwnAreRefusedWhereTheyCannotBe() throws {
        func message(_ changes: [Setting: String], site: RunSite) -> String {
            do {
                var configuration = try TinyRun.configuration(changes)
                if changes[.images] == nil { configuration.images = nil }
                if case .device(let device) = site {
                    _ = try RunDevice(configuration, device: device)
                } else {
                    _ = try FederatedRun.start(configuration, at: folder.path("none"), site: site)
                }
                return "no error"
            } catch { return "\(error)" }
        }
        #expect(message([.partition: "own"], site: .everything).contains("all are here"))
        #expect(message([.partition: "own"], site: .server).contains("0 devices have, but there are 3"))
        #expect(message([.partition: "own:4,4"], site: .server).contains("2 devices have, but there are 3"))
        #expect(message([.partition: "own:4,0,4"], site: .server).contains("outside"))
        #expect(message([.partition: "own:4,4,1099511627776"], site: .server).contains("outside"))
        #expect(message([.partition: "own"], site: .device(0)).contains("no images of the device's own"))
        #expect(message([.partition: "own:4,4,4", .images: "12"], site: .server).contains("leave it out"))
        #expect(message([.partition: "own:4,4,4", .conditional: "on"], site: .server).contains("conditional"))
        #expect(!FileManager.default.fileExists(atPath: folder.path("none")))
    }

    @Test func assignmentsOfOthersAreRefused() throws {
        let configuration = try TinyRun.configuration()
        let rounds = try RunRounds(of: try FederatedRun.start(configuration, at: folder.path("run"), site: .server)) { _ in }
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
