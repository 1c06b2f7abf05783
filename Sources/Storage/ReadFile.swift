import Foundation

/// The bytes of a file.
///
/// - Parameter limit: the most bytes that a file of its kind has.
/// - Throws: `FileError.missing` or `.unreadable`; `.invalid` for a larger file.
package func readFile(_ path: String, limit: Int = .max) throws(FileError) -> [UInt8] {
    guard FileManager.default.fileExists(atPath: path) else { throw .missing(path: path) }
    guard !Folder.exists(path) else { throw .unreadable(path: path, reason: "it is a folder") }
    let url = URL(fileURLWithPath: path)
    if limit < .max, let size = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int, size > limit {
        throw .invalid(path: path, reason: "it has \(size) bytes, the limit is \(limit)")
    }
    do {
        return [UInt8](try Data(contentsOf: url))
    } catch {
        throw .unreadable(path: path, reason: FileError.reason(error))
    }
}
