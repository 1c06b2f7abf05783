// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation
// Names and documentation of these functions are those of greendiff.h, which the compiler holds them to.
import CGreenDiffusion
import Foundation
import GreenDiffusion

// Lives as long as the process.
nonisolated(unsafe) private let versionText = strdup(greenDiffusionVersion)
private let features: Set<String> = ["run", "device", "plan", "codec", "average", "evaluate"]

@c @implementation
public func greendiff_version() -> UnsafePointer<CChar>? { versionText.map { UnsafePointer($0) } }

@c @implementation
public func greendiff_abi_version() -> Int32 { GREENDIFF_ABI_VERSION }

@c @implementation
public func greendiff_has_feature(_ name: UnsafePointer<CChar>?) -> Bool {
    name.map { features.contains(String(cString: $0)) } ?? false
}

@c @implementation
public func greendiff_error_message(_ error: OpaquePointer?) -> UnsafePointer<CChar>? {
    (try? ErrorHandle.object(error)).map { UnsafePointer($0.message) }
}

@c @implementation
public func greendiff_error_free(_ error: OpaquePointer?) { Handle.release(error) }

@c @implementation
public func greendiff_bytes_data(_ bytes: OpaquePointer?) -> UnsafePointer<UInt8>? {
    (try? ByteBuffer.object(bytes))?.bytes.baseAddress.map { UnsafePointer($0) }
}

@c @implementation
public func greendiff_bytes_size(_ bytes: OpaquePointer?) -> Int { (try? ByteBuffer.object(bytes))?.bytes.count ?? 0 }

@c @implementation
public func greendiff_bytes_free(_ bytes: OpaquePointer?) { Handle.release(bytes) }
