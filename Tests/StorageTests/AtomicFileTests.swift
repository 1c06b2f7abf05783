import Foundation
import Glibc
import Storage
import TestSupport
import Testing

@Suite struct AtomicFileTests {
    private let folder = TemporaryFolder()

    private func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: folder.path(name), withDestinationPath: target)
    }

    private func mode(_ name: String) -> mode_t {
        var status = stat()
        return lstat(folder.path(name), &status) == 0 ? status.st_mode : 0
    }

    private func text(_ name: String) throws -> String { String(decoding: try folder.bytes(of: name), as: UTF8.self) }

    @Test(arguments: ["file", "folder/file", "missing"]) func aLinkStaysAndItsFileIsWritten(target: String) throws {
        try FileManager.default.createDirectory(atPath: folder.path("folder"), withIntermediateDirectories: false)
        if target != "missing" { _ = try folder.write([1], to: target) }
        try link("second", to: target)
        try link("first", to: folder.path("second"))
        try AtomicFile.write("new", to: folder.path("first"))
        #expect(mode("first") & S_IFMT == S_IFLNK && mode("second") & S_IFMT == S_IFLNK)
        #expect(try text(target) == "new")
        #expect(Folder.names(in: folder.path).allSatisfy { !$0.contains("partial") })
    }

    @Test func linksInACircleAreRefused() throws {
        try link("a", to: "b")
        try link("b", to: "a")
        #expect(throws: FileError.self) { try AtomicFile.write("new", to: folder.path("a")) }
    }

    @Test(arguments: ["/dev/null", "/dev/full", "pipe", "."]) func whatIsNoFileIsRefusedAlsoBehindALink(target: String) throws {
        mkfifo(folder.path("pipe"), 0o600)
        try link("link", to: target)
        for path in [target.hasPrefix("/") ? target : folder.path(target), folder.path("link")] {
            #expect(throws: FileError.self) { try AtomicFile.write("new", to: path) }
            #expect(throws: FileError.self) { try AtomicFile.requireReplaceable(path) }
        }
        #expect(mode("pipe") & S_IFMT == S_IFIFO)
    }

    @Test(arguments: [0o600, 0o640, 0o755]) func anOlderFileKeepsItsMode(mode expected: Int) throws {
        _ = try folder.write([1], to: "file")
        chmod(folder.path("file"), mode_t(expected))
        try AtomicFile.write("new", to: folder.path("file"))
        #expect(mode("file") & 0o777 == mode_t(expected))
    }

    @Test func theFileThatIsReadIsNotWritten() throws {
        let file = try folder.write([1], to: "file")
        try link("link", to: "file")
        #expect(Glibc.link(file, folder.path("hard")) == 0)
        for path in ["file", "link", "hard"] {
            let error = #expect(throws: FileError.self) {
                try AtomicFile.requireReplaceable(folder.path(path), madeFrom: [file])
            }
            #expect(error?.reason == "it is the file that is read")
        }
        try AtomicFile.requireReplaceable(folder.path("other"), madeFrom: [file])
    }

    @Test func anUnfinishedFileLeavesTheOlderOne() throws {
        struct Stop: Error {}
        func writeHalf() throws {
            let file = try AtomicFile(path: folder.path("file"))
            try file.write("half")
            throw Stop()
        }
        _ = try folder.write(Array("old".utf8), to: "file")
        #expect(throws: Stop.self) { try writeHalf() }
        #expect(try text("file") == "old")
        #expect(Folder.names(in: folder.path) == ["file"])
    }

    @Test func whatEndedProcessesLeftIsSweptAndWhatIsBeingWrittenIsNot() throws {
        let left = try folder.write([1], to: ".greendiff.partial-0123")
        let writing = try AtomicFile(path: folder.path("file"))
        try writing.write("whole")
        try AtomicFile.requireReplaceable(folder.path("file"))
        #expect(!FileManager.default.fileExists(atPath: left))
        try writing.commit()
        #expect(try text("file") == "whole")
        #expect(Folder.names(in: folder.path) == ["file"])
    }
}
