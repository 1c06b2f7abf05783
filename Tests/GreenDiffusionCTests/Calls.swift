import CGreenDiffusion
import Foundation
import GreenDiffusionC
import Testing

/// What a function of the library returned with its error.
struct Failed: Error {
    let status: greendiff_status
    let message: String
}

/// Calls a function whose last argument is the place for its error.
func call(_ body: (UnsafeMutablePointer<OpaquePointer?>) -> greendiff_status) throws {
    var error: OpaquePointer?
    let status = body(&error)
    defer { greendiff_error_free(error) }
    guard status != GREENDIFF_OK else {
        #expect(error == nil)
        return
    }
    throw Failed(status: status, message: String(cString: try #require(greendiff_error_message(error))))
}

/// What `body` failed with; status 0 where it did not.
func failure(_ body: () throws -> Void) -> Failed {
    do {
        try body()
        return Failed(status: 0, message: "no error")
    } catch { return error as? Failed ?? Failed(status: -1, message: "\(error)") }
}

/// The caller's bytes; released.
func data(_ bytes: OpaquePointer?) -> Data {
    defer { greendiff_bytes_free(bytes) }
    return Data(UnsafeBufferPointer(start: greendiff_bytes_data(bytes), count: greendiff_bytes_size(bytes)))
}

/// A JSON object or list.
func json<Value>(_ data: Data, as type: Value.Type = [String: Any].self) throws -> Value {
    try #require(try JSONSerialization.jsonObject(with: data) as? Value)
}
