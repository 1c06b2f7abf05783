import Storage
import Testing

@Suite struct FolderTests {
    @Test(arguments: [
        ("r", "."), ("run", "."), ("é", "."), ("./r", "."), ("a/b", "a"), ("a/b/", "a"), ("a//b", "a"), ("a/b/c", "a/b"),
        ("/r", "/"), ("/", "/"),
        ("//", "/"), ("//r", "/"), ("/a/b", "/a"), ("..", "."), ("../r", ".."), ("", "."), ("runs/é/ü", "runs/é"),
    ])
    func everyPathHasOne(path: String, folder: String) {
        #expect(Folder.parent(of: path) == folder)
    }
}
