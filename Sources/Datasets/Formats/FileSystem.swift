import Foundation
import Storage

/// Folder listings, kinds of entries and file contents with this module's errors.
enum FileSystem {
    /// What has a name in a folder, links followed.
    enum Entry: Equatable {
        case file
        /// Device and number tell folders apart, whatever path leads there.
        case folder(device: UInt, number: UInt)
        /// A pipe, socket or device: never opened.
        case special(String)
        /// The system's reason.
        case unreachable(String)
    }

    /// Names in a folder, sorted as bytes so that every machine sees one order.
    static func allEntries(of directory: String) throws(DatasetError) -> [String] {
        do throws(FileError) {
            return try Folder.names(listing: directory).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        } catch {
            throw DatasetError(
                source: directory,
                problem: Folder.exists(directory) ? "folder cannot be read (\(error.reason))" : "no such folder",
                remedy: "check the path and its permissions")
        }
    }

    /// As `allEntries`, without hidden ones.
    static func entries(of directory: String) throws(DatasetError) -> [String] {
        try allEntries(of: directory).filter { !isHidden($0) }
    }

    static func isHidden(_ name: String) -> Bool { name.utf8.first == UInt8(ascii: ".") }

    static func entry(at path: String) -> Entry {
        var status = stat()
        guard stat(path, &status) == 0 else { return .unreachable(FileError.systemReason()) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file
        case S_IFDIR: return .folder(device: UInt(status.st_dev), number: UInt(status.st_ino))
        case S_IFIFO: return .special("pipe")
        case S_IFSOCK: return .special("socket")
        default: return .special("device")
        }
    }

    /// The kind of a file that is no image: its extension in small letters.
    static func kind(ofName name: String) -> String {
        guard let dot = name.lastIndex(of: "."), dot != name.indices.last else { return "without extension" }
        return name[dot...].lowercased()
    }

    static func contents(of path: String, limit: Int = .max) throws(DatasetError) -> [UInt8] {
        guard entry(at: path) == .file else {
            throw DatasetError(source: path, problem: "file cannot be read", remedy: "check that it exists and its permissions")
        }
        do throws(FileError) {
            return try readFile(path, limit: limit)
        } catch {
            throw DatasetError(
                source: path, problem: "file cannot be read (\(error.reason))", remedy: "check that it exists and its permissions"
            )
        }
    }
}
