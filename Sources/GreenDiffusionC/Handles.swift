import CGreenDiffusion
import CPUSupport
import FedRuntime
import Foundation
import GreenDiffusion

/// An object behind an opaque pointer, used by one thread at a time.
class Handle: @unchecked Sendable {
    private let lock = NSLock()

    /// The pointer, which holds a reference until `release`.
    func retained() -> OpaquePointer { OpaquePointer(Unmanaged.passRetained(self).toOpaque()) }

    static func release(_ pointer: OpaquePointer?) {
        if let pointer { Unmanaged<Handle>.fromOpaque(UnsafeRawPointer(pointer)).release() }
    }

    /// The object of a pointer that `retained` gave.
    static func object(_ pointer: OpaquePointer?) throws(ArgumentError) -> Self {
        guard let pointer else { throw ArgumentError("a handle is NULL; open it first") }
        guard let object = Unmanaged<Handle>.fromOpaque(UnsafeRawPointer(pointer)).takeUnretainedValue() as? Self else {
            throw ArgumentError("a handle is of another kind")
        }
        return object
    }

    func exclusively<Result>(_ body: () throws -> Result) rethrows -> Result {
        lock.lock()
        defer { lock.unlock() }
        return try body()
    }
}

/// What a caller may not pass.
struct ArgumentError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Bytes that the caller has.
final class ByteBuffer: Handle, @unchecked Sendable {
    let bytes: UnsafeMutableBufferPointer<UInt8>

    init(_ bytes: some Collection<UInt8>) {
        self.bytes = .allocate(capacity: bytes.count)
        _ = self.bytes.initialize(fromContentsOf: bytes)
    }

    deinit { bytes.deallocate() }
}

/// An error that the caller has.
final class ErrorHandle: Handle, @unchecked Sendable {
    let message: UnsafeMutablePointer<CChar>

    init(_ message: String) {
        let bytes = message.utf8CString
        self.message = .allocate(capacity: bytes.count)
        self.message.initialize(from: Array(bytes), count: bytes.count)
    }

    deinit { message.deallocate() }
}

/// Runs `body`, and gives its error to the caller.
func reporting(_ error: UnsafeMutablePointer<OpaquePointer?>?, _ body: () throws -> Void) -> greendiff_status {
    if let missing = gd_cpu_missing_feature() {
        error?.pointee = ErrorHandle("this CPU lacks \(String(cString: missing)), which this build needs").retained()
        return greendiff_status(GREENDIFF_FAILED)
    }
    do {
        try body()
        return greendiff_status(GREENDIFF_OK)
    } catch let failure {
        error?.pointee = ErrorHandle(line(failure)).retained()
        return status(of: failure)
    }
}

/// The text of a caller's bytes.
func text(_ start: UnsafePointer<CChar>?, _ count: Int) throws(ArgumentError) -> String {
    guard let start else {
        guard count == 0 else { throw ArgumentError("a text of \(count) bytes is NULL") }
        return ""
    }
    let bytes = UnsafeRawBufferPointer(start: start, count: count)
    guard let text = String(validating: bytes, as: UTF8.self) else { throw ArgumentError("a text is not UTF-8") }
    return text
}

/// A copy of a caller's bytes.
func bytes(_ start: UnsafePointer<UInt8>?, _ count: Int) throws(ArgumentError) -> [UInt8] {
    guard count >= 0, start != nil || count == 0 else { throw ArgumentError("\(count) bytes at NULL") }
    return Array(UnsafeBufferPointer(start: start, count: count))
}

/// Bytes of the longest message: what is said beside weights and frames, a few kilobytes.
private let longestMessage = 1 << 20

/// A copy of a caller's message.
func messageBytes(_ start: UnsafePointer<UInt8>?, _ count: Int, _ name: String) throws -> [UInt8] {
    guard count <= longestMessage else { throw MessageError("\(name) of \(count) bytes is longer than \(longestMessage)") }
    return try bytes(start, count)
}

/// A place for a result.
func place<Value>(_ pointer: UnsafeMutablePointer<Value>?, _ name: String) throws(ArgumentError) -> UnsafeMutablePointer<Value> {
    guard let pointer else { throw ArgumentError("the place for \(name) is NULL") }
    return pointer
}
