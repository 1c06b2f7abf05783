import Foundation

/// Which part of a published data set.
package enum DatasetSubset: String, Sendable { case train, test }

/// Directory listings and file contents with this module's errors.
enum FileSystem {
    static func isDirectory(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
    }

    /// Names in a folder, sorted as bytes so that every machine sees one order; hidden ones are left out.
    static func entries(of directory: String) throws(DatasetError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: directory).filter { !$0.hasPrefix(".") }
                .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        } catch {
            throw DatasetError(
                source: directory, problem: isDirectory(directory) ? "folder cannot be read" : "no such folder",
                remedy: "check the path and its permissions")
        }
    }

    static func contents(of path: String) throws(DatasetError) -> [UInt8] {
        do {
            return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw DatasetError(source: path, problem: "file cannot be read", remedy: "check that it exists and its permissions")
        }
    }
}
