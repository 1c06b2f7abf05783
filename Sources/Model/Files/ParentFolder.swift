/// The folder that a path lies in: what comes before its last component, "." for a name alone.
///
/// Foundation's `deletingLastPathComponent` traps for names of one character on Linux.
package func parentFolder(of path: String) -> String {
    let bytes = path.utf8
    let end = bytes.lastIndex { $0 != UInt8(ascii: "/") } ?? bytes.startIndex
    guard let slash = bytes[..<end].lastIndex(of: UInt8(ascii: "/")) else { return bytes.first == UInt8(ascii: "/") ? "/" : "." }
    guard let parentEnd = bytes[..<slash].lastIndex(where: { $0 != UInt8(ascii: "/") }) else { return "/" }
    return String(decoding: bytes[...parentEnd], as: UTF8.self)
}
