import Storage

/// Folder listings and file contents with this module's errors.
enum FileSystem {
    /// Names in a folder, sorted as bytes so that every machine sees one order; hidden ones are left out.
    static func entries(of directory: String) throws(DatasetError) -> [String] {
        do throws(FileError) {
            return try Folder.names(listing: directory).filter { !$0.hasPrefix(".") }
                .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        } catch {
            throw DatasetError(
                source: directory, problem: Folder.exists(directory) ? "folder cannot be read" : "no such folder",
                remedy: "check the path and its permissions")
        }
    }

    static func contents(of path: String) throws(DatasetError) -> [UInt8] {
        do throws(FileError) {
            return try readFile(path)
        } catch {
            throw DatasetError(source: path, problem: "file cannot be read", remedy: "check that it exists and its permissions")
        }
    }
}
