import Foundation

/// A file that could not be read or written, with the system's reason and the way out.
package enum FileError: Error, Equatable, CustomStringConvertible {
    case missing(path: String)
    case unreadable(path: String, reason: String)
    case unwritable(path: String, reason: String)
    /// The file can be read but does not say what it should.
    case invalid(path: String, reason: String)
    /// A line of a file of records is none; lines count from 1.
    case damagedLine(path: String, line: Int)

    package var description: String {
        switch self {
        case .missing(let path): "\(path) does not exist; check the path\(homeHint(path))"
        case .unreadable(let path, let reason): "cannot read \(path): \(reason); check the path and its permissions"
        case .unwritable(let path, let reason):
            "cannot write \(path): \(reason); \(Self.meansFull(reason) ? "free space or " : "")choose another place"
        case .invalid(let path, let reason): "\(path) is not usable: \(reason)"
        case .damagedLine(let path, let line):
            "\(path) line \(line) is not a record of this run; remove that line, or go back to a copy of the file"
        }
    }

    /// Whether the system's reason is that nothing more fits.
    private static func meansFull(_ reason: String) -> Bool {
        [ENOSPC, EDQUOT].contains { reason == String(cString: strerror($0)) }
    }

    /// What is wrong, without the path.
    package var reason: String {
        switch self {
        case .missing: "it does not exist"
        case .unreadable(_, let reason), .unwritable(_, let reason), .invalid(_, let reason): reason
        case .damagedLine(_, let line): "line \(line) is not a record"
        }
    }

    /// The reason of the last failed system call.
    package static func systemReason() -> String { String(cString: strerror(errno)) }

    /// The system's reason inside a Foundation error.
    package static func reason(_ error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        guard let underlying, underlying.domain == NSPOSIXErrorDomain else { return error.localizedDescription }
        return String(cString: strerror(Int32(underlying.code)))
    }
}
