import CGreenDiffusion
import Foundation
import GreenDiffusion
import GreenDiffusionC
import RunTestSupport
import TestSupport
import Testing

/// The library as a program in C calls it.
@Suite struct LibraryTests {
    private let folder = TemporaryFolder()
    private static let settings = """
        preset: tiny
        devices: 3
        images: 48
        rounds: 3
        local-iterations: 2
        batch-size: 3
        learning-rate: 0.002
        evaluate-every: 2
        sample-every: 0
        threads: 1
        group-size: 64
        """

    private func open(run path: String, _ settings: String = Self.settings) throws -> OpaquePointer {
        var run: OpaquePointer?
        try call { greendiff_run_open(path, settings, settings.utf8.count, &run, $0) }
        return try #require(run)
    }

    private func open(device: Int32, _ settings: String = Self.settings) throws -> OpaquePointer {
        var handle: OpaquePointer?
        try call { greendiff_device_open(settings, settings.utf8.count, device, nil, &handle, $0) }
        return try #require(handle)
    }

    private func begin(_ run: OpaquePointer) throws -> (assignments: [Int32: Data], global: Data) {
        var (assignments, global): (OpaquePointer?, OpaquePointer?)
        try call { greendiff_run_begin(run, &assignments, &global, $0) }
        let list = try #require(try JSONSerialization.jsonObject(with: data(assignments)) as? [[String: Any]])
        let byDevice = try list.map { item in
            let device = try #require(item["device"] as? [String: Any])
            return (try #require(device["id"] as? Int32), try JSONSerialization.data(withJSONObject: item))
        }
        return (Dictionary(uniqueKeysWithValues: byDevice), data(global))
    }

    private func answer(_ device: OpaquePointer, _ assignment: Data, _ global: Data) throws -> (answer: Data, frame: Data?) {
        var (answer, frame): (OpaquePointer?, OpaquePointer?)
        try call { error in
            assignment.withUnsafeBytes { assignment in
                global.withUnsafeBytes { global in
                    greendiff_device_answer(
                        device, assignment.baseAddress, assignment.count, global.baseAddress, global.count, &answer, &frame, error
                    )
                }
            }
        }
        return (data(answer), frame.map { data($0) })
    }

    private func take(_ run: OpaquePointer, _ device: Int32, _ answer: Data, _ frame: Data?) throws {
        try call { error in
            answer.withUnsafeBytes { answer in
                (frame ?? Data()).withUnsafeBytes { bytes in
                    greendiff_run_take(
                        run, device, answer.baseAddress, answer.count, frame == nil ? nil : bytes.baseAddress, bytes.count, error)
                }
            }
        }
    }

    private func end(_ run: OpaquePointer) throws -> [String: Any] {
        var record: OpaquePointer?
        try call { greendiff_run_end(run, &record, $0) }
        return try #require(try JSONSerialization.jsonObject(with: data(record)) as? [String: Any])
    }

    private func rounds(_ run: OpaquePointer) throws -> [Int32] {
        var (completed, total): (Int32, Int32) = (0, 0)
        try call { greendiff_run_rounds(run, &completed, &total, $0) }
        return [completed, total]
    }

    /// Runs all rounds that are left, `most` at most.
    private func drive(_ run: OpaquePointer, most: Int = .max) throws {
        let devices = try (0..<3).map { try open(device: $0) }
        defer { devices.forEach(greendiff_device_free) }
        for _ in 0..<min(most, Int(try rounds(run)[1] - rounds(run)[0])) {
            let (assignments, global) = try begin(run)
            for (id, assignment) in assignments {
                let (text, frame) = try answer(devices[Int(id)], assignment, global)
                try take(run, id, text, frame)
            }
            #expect(try end(run)["devices_accepted"] as? Int == assignments.count)
        }
    }

    @Test func itSaysWhatItIs() {
        #expect(String(cString: greendiff_version()) == greenDiffusionVersion && greendiff_abi_version() == 1)
        let features = ["run", "device", "plan", "codec", "average", "evaluate"]
        #expect(features.allSatisfy { greendiff_has_feature($0) } && !greendiff_has_feature("teleport"))
        #expect(!greendiff_has_feature(nil) && greendiff_error_message(nil) == nil && greendiff_bytes_size(nil) == 0)
        greendiff_error_free(nil)
        greendiff_bytes_free(nil)
        greendiff_run_free(nil)
    }

    @Test func aRunByItIsTheProgramsAlsoWhereItIsTakenUpAgain() throws {
        let near = try TinyRun.train(at: folder.path("near")).files
        let path = folder.path("far")
        var run = try open(run: path)
        try drive(run, most: 1)
        greendiff_run_free(run)
        run = try open(run: path, "threads: 2")
        #expect(try rounds(run) == [1, 3])
        try drive(run)
        try call { greendiff_run_finish(run, $0) }
        greendiff_run_free(run)
        let name = "diffusion_pytorch_model.safetensors"
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: "\(near.modelFolder)/\(name)"))
                == Data(contentsOf: URL(fileURLWithPath: "\(path)/model/\(name)")))
    }

    @Test func whatComesFromElsewhereIsRefusedInOneLine() throws {
        let run = try open(run: folder.path("run"))
        defer { greendiff_run_free(run) }
        let (assignments, global) = try begin(run)
        let (id, assignment) = try #require(assignments.first)
        let device = try open(device: id)
        defer { greendiff_device_free(device) }
        let (text, frame) = try answer(device, assignment, global)
        var damaged = try #require(frame)
        damaged[damaged.count / 2] ^= 1
        let other = try #require(assignments.keys.first { $0 != id })
        let cases: [(Int, String, () throws -> Void)] = [
            (GREENDIFF_REJECTED, "", { try take(run, id, text, damaged) }),
            (GREENDIFF_REJECTED, "", { try take(run, id, text, damaged.prefix(40)) }),
            (GREENDIFF_REJECTED, "", { try take(run, other, text, frame) }),
            (GREENDIFF_REJECTED, "no assignment", { try take(run, 77, text, frame) }),
            (GREENDIFF_REJECTED, "without a frame", { try take(run, id, text, nil) }),
            (GREENDIFF_REJECTED, "it has no field version", { try take(run, id, Data("{}".utf8), frame) }),
            (GREENDIFF_REJECTED, "longer than 1048576", { try take(run, id, Data(count: 1 << 20 + 1), frame) }),
            (GREENDIFF_REJECTED, "it is no JSON", { try take(run, id, Data("\u{0}".utf8), frame) }),
            (GREENDIFF_BAD_ARGUMENT, "no float32", { _ = try answer(device, assignment, global.dropLast()) }),
            (GREENDIFF_BAD_SETTING, "does not fit", { _ = try answer(device, assignment, global.dropLast(4)) }),
            (GREENDIFF_REJECTED, "is of another kind", { _ = try answer(device, Data("[]".utf8), global) }),
            (GREENDIFF_BAD_SETTING, "rondes", { _ = try open(run: folder.path("x"), "rondes: 3") }),
            (GREENDIFF_BAD_SETTING, "none of the run's 3 devices", { _ = try open(device: 3) }),
            (GREENDIFF_BAD_FILE, "", { _ = try open(run: folder.path("run")) }),
            (GREENDIFF_BAD_ARGUMENT, "NULL", { try call { greendiff_run_end(nil, nil, $0) } }),
            (GREENDIFF_BAD_ARGUMENT, "another kind", { try call { greendiff_run_finish(device, $0) } }),
        ]
        for (number, (status, words, body)) in cases.enumerated() {
            let failed = failure(body)
            #expect(Int(failed.status) == status && (words.isEmpty || failed.message.contains(words)), "\(number): \(failed)")
            #expect(!failed.message.isEmpty && !failed.message.contains("\n"), "\(number): \(failed)")
        }
        // Nothing of that counts; the right frame does, once.
        try take(run, id, text, frame)
        #expect(failure { try take(run, id, text, frame) }.message.contains("already counted"))
        try call { greendiff_run_close(run, other, true, "five minutes are over", $0) }
        let record = try end(run)
        #expect(record["devices_accepted"] as? Int == 1)
    }
}
