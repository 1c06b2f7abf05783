import Foundation
import Storage
import TestSupport
import Testing

@Suite struct HomeFolderTests {
    @Test func aTildeAtTheStartIsTheHomeFolder() throws {
        let home = try #require(ProcessInfo.processInfo.environment["HOME"])
        #expect(expandingHome("~/signs") == "\(home)/signs" && expandingHome("~") == home)
        for path in ["~other/signs", "a~/b", "./~/b", "", "/a"] { #expect(expandingHome(path) == path) }
    }

    @Test func errorsSayThatATildeWasNotReplaced() {
        #expect(FileError.missing(path: "~/x").description.contains("$HOME"))
        #expect(!FileError.missing(path: "/x~").description.contains("$HOME"))
    }

    /// The reason is that of the call that failed, not of one that came after it.
    @Test func aFileInTheWayOfAFolderIsNamed() throws {
        let folder = TemporaryFolder()
        let path = try folder.write([1], to: "file")
        #expect(throws: FileError.unwritable(path: path, reason: "a file of that name is in the way")) {
            try Folder.create(path)
        }
        #expect(throws: Never.self) { try Folder.create(folder.path) }
    }
}
