import Foundation
import Storage
import TestSupport
import Testing

@Suite struct JSONLinesFileTests {
    private struct Line: Codable, Equatable {
        var round: Int
        var value: Double
    }

    private let folder = TemporaryFolder()
    private var file: JSONLinesFile { JSONLinesFile(path: folder.path("lines.jsonl")) }

    private func write(_ text: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: file.path)) }
    private func text() throws -> String { try String(contentsOfFile: file.path, encoding: .utf8) }

    @Test func appendedLinesAreReadBack() throws {
        let lines = (1...5).map { Line(round: $0, value: 1 / Double($0)) }
        try file.append(Array(lines[..<2]))
        try file.append([Line]())
        try file.append(Array(lines[2...]))
        #expect(try file.read(Line.self) == lines)
        #expect(try text().split(separator: "\n", omittingEmptySubsequences: false).count == 6)
    }

    @Test func anAbsentFileHasNoLines() throws {
        #expect(try file.read(Line.self).isEmpty)
        try file.truncate(keeping: Line.self) { _ in true }
        #expect(!FileManager.default.fileExists(atPath: file.path))
    }

    @Test(arguments: ["{", #"{"round":2,"value":0."#, #"{"round":2,"value":0.5}"#, "\u{0}\u{0}"])
    func aTornLastLineIsNeitherReadNorKept(_ torn: String) throws {
        let whole = #"{"round":1,"value":0.25}"# + "\n"
        try write(whole + torn)
        #expect(try file.read(Line.self) == [Line(round: 1, value: 0.25)])
        try file.truncate(keeping: Line.self) { _ in true }
        #expect(try text() == whole)
        try file.append([Line(round: 2, value: 2)])
        #expect(try file.read(Line.self).map(\.round) == [1, 2])
    }

    @Test func healingDropsWhatIsRefusedAndKeepsBytes() throws {
        let odd = #"{ "value":1e0,  "round":1 }"# + "\n"
        try write(odd + #"{"round":2,"value":2}"# + "\n" + #"{"round":3,"value":3}"# + "\n")
        try file.truncate(keeping: Line.self) { $0.round != 2 }
        #expect(try text() == odd + #"{"round":3,"value":3}"# + "\n")
    }

    @Test func rewritingKeepsTheBytesOfWhatIsNotChanged() throws {
        let odd = #"{ "value":1e0,  "round":1 }"# + "\n"
        try write(odd + #"{"round":2,"value":2}"# + "\n" + #"{"round":3"#)
        try file.rewrite(Line.self) { line in
            guard line.round == 2 else { return false }
            line.value = 0.5
            return true
        }
        #expect(try text() == odd + #"{"round":2,"value":0.5}"# + "\n")
    }

    @Test func aDamagedLineInTheMiddleIsNamed() throws {
        try write(#"{"round":1,"value":1}"# + "\nxx\n" + #"{"round":3,"value":3}"# + "\n")
        #expect(throws: FileError.damagedLine(path: file.path, line: 2)) { try file.read(Line.self) }
        #expect(throws: FileError.self) { try file.truncate(keeping: Line.self) { _ in true } }
        #expect(try text().contains("xx"), "a damaged file must be left as it is")
    }

    @Test func anUnwritablePlaceIsATypedError() {
        let file = JSONLinesFile(path: folder.path("no/such/folder.jsonl"))
        #expect(throws: FileError.self) { try file.append([Line(round: 1, value: 1)]) }
    }
}
