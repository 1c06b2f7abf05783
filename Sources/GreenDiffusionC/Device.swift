// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation
// Names and documentation of these functions are those of greendiff.h, which the compiler holds them to.
import CGreenDiffusion
import FedRuntime
import Foundation
import GreenDiffusion
import Kernels

/// A device of a run whose server is elsewhere.
private final class DeviceHandle: Handle, @unchecked Sendable {
    let device: RunDevice

    init(settings: String, device: Int, folder: String?) throws {
        var configuration = RunConfiguration()
        try configuration.override(fromYAML: settings, path: "settings")
        self.device = try RunDevice(configuration, device: device, folder: folder)
    }
}

@c @implementation
public func greendiff_device_open(
    _ settings: UnsafePointer<CChar>?, _ settingsSize: Int, _ device: Int32, _ folder: UnsafePointer<CChar>?,
    _ handle: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> greendiff_status {
    reporting(error) {
        let place = try place(handle, "the device")
        place.pointee = try DeviceHandle(
            settings: text(settings, settingsSize), device: Int(device), folder: folder.map { String(cString: $0) }
        ).retained()
    }
}

@c @implementation
public func greendiff_device_free(_ device: OpaquePointer?) { Handle.release(device) }

@c @implementation
public func greendiff_device_images(
    _ device: OpaquePointer?, _ count: UnsafeMutablePointer<Int64>?, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> greendiff_status {
    reporting(error) {
        let handle = try DeviceHandle.object(device)
        try place(count, "the number of images").pointee = Int64(handle.device.imageCount)
    }
}

@c @implementation
public func greendiff_device_answer(
    _ device: OpaquePointer?, _ assignment: UnsafePointer<UInt8>?, _ assignmentSize: Int, _ global: UnsafePointer<UInt8>?,
    _ globalSize: Int, _ answer: UnsafeMutablePointer<OpaquePointer?>?, _ frame: UnsafeMutablePointer<OpaquePointer?>?,
    _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> greendiff_status {
    reporting(error) {
        let handle = try DeviceHandle.object(device)
        let (answer, frame) = (try place(answer, "the answer"), try place(frame, "the frame"))
        let message = try JSONDecoder().decode(
            AssignmentMessage.self, from: Data(messageBytes(assignment, assignmentSize, "an assignment")))
        let weights = try Tensor(littleEndian: bytes(global, globalSize))
        try handle.exclusively {
            let given = try handle.device.answer(
                message.assignment(), acceptedRound: message.acceptedRound, global: weights)
            answer.pointee = ByteBuffer(try JSONEncoder().encode(AnswerMessage(given))).retained()
            frame.pointee = given.frame.map { ByteBuffer($0).retained() }
        }
    }
}

extension Tensor {
    /// As many float32 values as there are.
    convenience init(littleEndian bytes: [UInt8]) throws(ArgumentError) {
        guard bytes.count % 4 == 0, !bytes.isEmpty else { throw ArgumentError("\(bytes.count) bytes are no float32 values") }
        self.init(
            shape: [bytes.count / 4],
            values: bytes.withUnsafeBytes { raw in
                (0..<bytes.count / 4).map {
                    Float(bitPattern: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
                }
            })
    }

    /// All values as float32.
    var littleEndianBytes: [UInt8] {
        values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) } }
    }
}
