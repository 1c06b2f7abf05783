import Foundation

/// A file of one JSON object a line that only grows, and loses a partial last line after a crash.
package struct JSONLinesFile: Sendable {
    package let path: String

    package init(path: String) { self.path = path }

    /// Adds one line an element and flushes them to the disk; the file is made when absent.
    ///
    /// - Returns: the lines, without their ends.
    @discardableResult
    package func append(_ elements: [some Encodable]) throws -> [Data] {
        let encoder = Self.encoder
        let lines = try elements.map { try encoder.encode($0) }
        if !FileManager.default.fileExists(atPath: path) { try AtomicFile.write([], to: path) }
        do {
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            defer { try? file.close() }
            try file.seekToEnd()
            try file.write(contentsOf: Data(lines.map { $0 + [Self.newline] }.joined()))
            try file.synchronize()
        } catch {
            throw FileError.unwritable(path: path, reason: FileError.reason(error))
        }
        return lines
    }

    /// The elements of all whole lines; an absent file has none. A partial last line, left by a crash, is not read.
    ///
    /// - Parameter isSound: given an element and its place, whether it can be.
    /// - Throws: `FileError`; `.damagedLine` for a whole line that does not parse or is not sound.
    package func read<Element: Decodable>(
        _ type: Element.Type, where isSound: (Element, _ index: Int) -> Bool = { _, _ in true }
    ) throws(FileError) -> [Element] {
        let decoder = JSONDecoder()
        var elements: [Element] = []
        for (index, line) in try wholeLines().enumerated() {
            guard let element = try? decoder.decode(type, from: line), isSound(element, index) else {
                throw .damagedLine(path: path, line: index + 1)
            }
            elements.append(element)
        }
        return elements
    }

    /// Drops all lines but the first `count`; what stays keeps its bytes.
    package func truncate(toLines count: Int) throws(FileError) {
        guard FileManager.default.fileExists(atPath: path) else { return }
        try AtomicFile.write(try wholeLines().prefix(count).flatMap { [UInt8]($0) + [Self.newline] }, to: path)
    }

    /// Drops a partial last line and every element that `isKept` refuses; what stays keeps its bytes.
    package func truncate<Element: Decodable>(keeping type: Element.Type, where isKept: (Element) -> Bool) throws {
        guard FileManager.default.fileExists(atPath: path) else { return }
        var kept: [UInt8] = []
        for (line, element) in try zip(wholeLines(), read(type)) where isKept(element) {
            kept.append(contentsOf: line)
            kept.append(Self.newline)
        }
        try AtomicFile.write(kept, to: path)
    }

    /// Writes anew the lines of elements that `change` changes, and the file with them; the others keep their bytes.
    ///
    /// - Parameter change: true for an element that it changed.
    package func rewrite<Element: Codable>(_ type: Element.Type, _ change: (inout Element) -> Bool) throws {
        var lines: [Data] = []
        for (line, element) in try zip(wholeLines(), read(type)) {
            var element = element
            lines.append(change(&element) ? try Self.encoder.encode(element) : line)
        }
        try AtomicFile.write(lines.flatMap { [UInt8]($0) + [Self.newline] }, to: path)
    }

    /// The bytes of all whole lines, without their ends; an absent file has none.
    package func wholeLines() throws(FileError) -> [Data] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        let bytes = Data(try readFile(path))
        guard let end = bytes.lastIndex(of: Self.newline) else { return [] }
        return bytes[..<end].split(separator: Self.newline, omittingEmptySubsequences: true)
    }

    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    private static let newline = UInt8(ascii: "\n")
}
