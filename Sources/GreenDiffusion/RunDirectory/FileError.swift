import Foundation

/// A file operation that the system refused: what was tried, where, why, and the way out.
public struct FileError: Error, CustomStringConvertible, Equatable {
    /// What was tried, as a verb: `read`, `write`, `create`, `remove`.
    public let operation: String
    public let path: String
    /// The system's reason, e.g. `No space left on device`.
    public let reason: String
    public let wayOut: String

    /// The error of the C call that just failed, from `errno`.
    package init(_ operation: String, _ path: String, errorNumber: Int32 = errno) {
        (self.operation, self.path) = (operation, path)
        reason = String(cString: strerror(errorNumber))
        wayOut = Self.wayOut(of: errorNumber)
    }

    /// The error of a Foundation call, by the system's error inside it.
    package init(_ operation: String, _ path: String, _ error: any Error) {
        self.init(operation, path, errorNumber: Self.posixCode(of: error))
    }

    public var description: String { "cannot \(operation) \(path): \(reason); \(wayOut)" }

    private static func wayOut(of errorNumber: Int32) -> String {
        switch errorNumber {
        case ENOSPC, EDQUOT: "free some disk space or choose another place"
        case EACCES, EPERM, EROFS: "choose a place that this user may write and read"
        case ENOENT: "check the path"
        case ENOTDIR, EEXIST: "a file stands where a folder is needed; choose another path"
        case EISDIR: "a folder stands where a file is needed; choose another path"
        case EMFILE, ENFILE: "close some programs or raise `ulimit -n`"
        default: "check the path and the disk"
        }
    }

    private static func posixCode(of error: any Error) -> Int32 {
        var current: NSError? = error as NSError
        while let candidate = current {
            if candidate.domain == NSPOSIXErrorDomain { return Int32(candidate.code) }
            if let underlying = candidate.userInfo[NSUnderlyingErrorKey] as? NSError {
                current = underlying
            } else {
                return candidate.domain == NSCocoaErrorDomain ? cocoaCodes[candidate.code, default: EIO] : EIO
            }
        }
        return EIO
    }

    private static let cocoaCodes: [Int: Int32] = [
        CocoaError.fileNoSuchFile.rawValue: ENOENT, CocoaError.fileReadNoSuchFile.rawValue: ENOENT,
        CocoaError.fileReadNoPermission.rawValue: EACCES, CocoaError.fileWriteNoPermission.rawValue: EACCES,
        CocoaError.fileWriteOutOfSpace.rawValue: ENOSPC, CocoaError.fileWriteVolumeReadOnly.rawValue: EROFS,
        CocoaError.fileWriteFileExists.rawValue: EEXIST,
    ]
}
