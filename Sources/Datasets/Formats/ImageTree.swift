import ImageFiles
import Records

/// The images below a folder, class by class, and what else lies there. Nothing is opened.
struct ImageTree {
    /// A folder that has images.
    struct Class {
        /// Its path below the root; empty for the root itself.
        let path: String
        /// Names of its images.
        let images: [String]
    }

    /// Folders before those inside them, else in the order of their names.
    private(set) var classes: [Class] = []
    /// Files that are no images.
    private(set) var counts = ImageFileCounts()
    /// Images and folders that cannot be reached.
    private(set) var failures: [DatasetError] = []
    private let root: String

    /// - Throws: a root that is no folder, or cannot be read.
    init(_ root: String) throws(DatasetError) {
        self.root = root
        try visit("", names: FileSystem.allEntries(of: root), above: [FileSystem.entry(at: root)])
    }

    /// - Parameter above: the folder itself and those that it lies in, so that a link back does not lead round for ever.
    private mutating func visit(_ path: String, names: [String], above: [FileSystem.Entry]) throws(DatasetError) {
        var images: [String] = []
        var folders: [(path: String, entry: FileSystem.Entry)] = []
        for name in names {
            let below = path.isEmpty ? name : "\(path)/\(name)"
            guard !FileSystem.isHidden(name) else {
                counts.passOver("hidden")
                continue
            }
            switch FileSystem.entry(at: "\(root)/\(below)") {
            case .file where ImageFile.isImageName(name): images.append(name)
            case .file: counts.passOver(FileSystem.kind(ofName: name))
            case .special(let kind): counts.passOver(kind)
            case .folder(let device, let number): folders.append((below, .folder(device: device, number: number)))
            case .unreachable(let reason) where ImageFile.isImageName(name):
                failures.append(
                    DatasetError(
                        source: "\(root)/\(below)", problem: "cannot be read (\(reason))",
                        remedy: "check the path and its permissions"))
            case .unreachable: counts.passOver("broken link")
            }
        }
        if !images.isEmpty { classes.append(Class(path: path, images: images)) }
        for folder in folders {
            guard !above.contains(folder.entry) else {
                counts.passOver("link to a folder above")
                continue
            }
            do throws(DatasetError) {
                try visit(folder.path, names: FileSystem.allEntries(of: "\(root)/\(folder.path)"), above: above + [folder.entry])
            } catch { failures.append(error) }
        }
    }
}
