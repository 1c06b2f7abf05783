// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation
// Names and documentation of these functions are those of greendiff.h, which the compiler holds them to.
import CGreenDiffusion
import FedRuntime
import Foundation
import GreenDiffusion
import Records
import Storage

/// The server's side of a run.
private final class RunHandle: Handle, @unchecked Sendable {
    let rounds: RunRounds

    init(folder: String, settings: String) throws {
        let run: FederatedRun
        if RunFiles(path: folder).holdsRun {
            let changes = try RunConfiguration.settings(inYAML: settings, path: "settings")
            run = try FederatedRun.resume(folder, changing: changes, site: .server)
        } else {
            var configuration = RunConfiguration()
            try configuration.override(fromYAML: settings, path: "settings")
            run = try FederatedRun.start(configuration, at: folder, site: .server)
        }
        rounds = try RunRounds(of: run) { _ in }
    }
}

@c @implementation
public func greendiff_run_open(
    _ folder: UnsafePointer<CChar>?, _ settings: UnsafePointer<CChar>?, _ settingsSize: Int,
    _ run: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> greendiff_status {
    reporting(error) {
        guard let folder else { throw ArgumentError("the folder is NULL") }
        let place = try place(run, "the run")
        place.pointee = try RunHandle(folder: String(cString: folder), settings: text(settings, settingsSize)).retained()
    }
}

@c @implementation
public func greendiff_run_free(_ run: OpaquePointer?) { Handle.release(run) }

@c @implementation
public func greendiff_run_rounds(
    _ run: OpaquePointer?, _ completed: UnsafeMutablePointer<Int32>?, _ total: UnsafeMutablePointer<Int32>?,
    _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> greendiff_status {
    reporting(error) {
        let handle = try RunHandle.object(run)
        let (completed, total) = (try place(completed, "completed rounds"), try place(total, "all rounds"))
        handle.exclusively {
            completed.pointee = Int32(clamping: handle.rounds.run.completedRounds)
            total.pointee = Int32(clamping: handle.rounds.run.configuration.rounds)
        }
    }
}

@c @implementation
public func greendiff_run_begin(
    _ run: OpaquePointer?, _ assignments: UnsafeMutablePointer<OpaquePointer?>?, _ global: UnsafeMutablePointer<OpaquePointer?>?,
    _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> greendiff_status {
    reporting(error) {
        let handle = try RunHandle.object(run)
        let (assignments, global) = (try place(assignments, "assignments"), try place(global, "the global model"))
        try handle.exclusively {
            let messages = try handle.rounds.beginMessages()
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            assignments.pointee = ByteBuffer(try encoder.encode(messages)).retained()
            global.pointee = ByteBuffer(handle.rounds.global.littleEndianBytes).retained()
        }
    }
}

@c @implementation
public func greendiff_run_take(
    _ run: OpaquePointer?, _ device: Int32, _ answer: UnsafePointer<UInt8>?, _ answerSize: Int, _ frame: UnsafePointer<UInt8>?,
    _ frameSize: Int, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> greendiff_status {
    reporting(error) {
        let handle = try RunHandle.object(run)
        let message = try JSONDecoder().decode(AnswerMessage.self, from: Data(messageBytes(answer, answerSize, "an answer")))
        let frame = frame == nil ? nil : try bytes(frame, frameSize)
        try handle.exclusively { try handle.rounds.take(message.answer(frame: frame), from: Int(device)) }
    }
}

@c @implementation
public func greendiff_run_close(
    _ run: OpaquePointer?, _ device: Int32, _ isLate: Bool, _ reason: UnsafePointer<CChar>?,
    _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> greendiff_status {
    reporting(error) {
        let handle = try RunHandle.object(run)
        let reason = reason.map { String(cString: $0) } ?? "it did not answer"
        try handle.exclusively { try handle.rounds.close(device: Int(device), isLate: isLate, reason: reason) }
    }
}

@c @implementation
public func greendiff_run_end(
    _ run: OpaquePointer?, _ record: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> greendiff_status {
    reporting(error) {
        let handle = try RunHandle.object(run)
        let record = try place(record, "the record")
        try handle.exclusively { record.pointee = ByteBuffer(try JSONEncoder().encode(handle.rounds.end())).retained() }
    }
}

@c @implementation
public func greendiff_run_finish(_ run: OpaquePointer?, _ error: UnsafeMutablePointer<OpaquePointer?>?) -> greendiff_status {
    reporting(error) {
        let handle = try RunHandle.object(run)
        try handle.exclusively { try handle.rounds.finish() }
    }
}
