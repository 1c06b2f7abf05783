/// A file of a repository that keeps large files elsewhere (Git LFS) is a text of three short lines until it is fetched.
package let gitLFSPointerLimit = 1024

/// Whether a file's bytes are such a text.
package func isGitLFSPointer(_ bytes: [UInt8]) -> Bool {
    bytes.count <= gitLFSPointerLimit && bytes.starts(with: "version https://git-lfs.github.com/spec/".utf8)
}
