import ImageFiles
import Records
import Storage

/// Image files below a folder: every folder that has some is a class, named by its path.
package enum ImageFolder {
    /// Of each image the largest central part shaped as `size` is resized to it; classes and files in the order of their names.
    ///
    /// - Parameters:
    ///   - allowsHorizontalFlip: whether mirrored images still show what they should; only the caller can know.
    ///   - skipsUnreadable: whether images that cannot be read are left out; otherwise they are an error that names them.
    ///   - classesAreBelowDevices: whether the folders in `directory` are devices and classes are the folders inside them, the same in
    ///     all devices.
    package static func load(
        directory: String, size: ImageSize = .square(32), allowsHorizontalFlip: Bool = false, skipsUnreadable: Bool = false,
        classesAreBelowDevices: Bool = false
    ) throws(DatasetError) -> StoredImages {
        let tree = try images(in: directory)
        let paths = tree.classes.map { classesAreBelowDevices ? Self.pathBelowDevice($0.path) : $0.path }
        let hasFolders = paths.contains { !$0.isEmpty }
        let titles = paths.map { $0.isEmpty ? (hasFolders ? "." : "images") : $0 }
        // Two folders may have names that look alike, and so are one text, but differ in their bytes: two classes.
        let names = classesAreBelowDevices ? Set(titles).sorted() : titles
        let places = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
        var labels: [Int] = []
        var requests: [ImageRequest] = []
        for (index, group) in tree.classes.enumerated() {
            let folder = group.path.isEmpty ? directory : "\(directory)/\(group.path)"
            let label = classesAreBelowDevices ? places[titles[index]] ?? 0 : index
            labels += [Int](repeating: label, count: group.images.count)
            requests += group.images.map { ImageRequest(path: "\(folder)/\($0)") { $0.bounds.center(shapedAs: size) } }
        }
        let loaded = try LoadedImages(
            requests, size: size, source: directory, counts: tree.counts, failures: tree.failures,
            skipsUnreadable: skipsUnreadable)
        return StoredImages(
            name: "images of \(directory)", size: size, classNames: names,
            allowsHorizontalFlip: allowsHorizontalFlip, labels: loaded.kept.map { labels[$0] }, groups: nil,
            fileNames: loaded.kept.map { String(requests[$0].path.dropFirst(directory.count + 1)) }, files: loaded.counts,
            pixels: loaded.pixels)
    }

    /// A path without its first folder.
    private static func pathBelowDevice(_ path: String) -> String {
        path.split(separator: "/").dropFirst().joined(separator: "/")
    }

    /// The image files in and below `directory`, folders before those inside them, in the order of their names. Nothing is opened.
    ///
    /// - Throws: a folder without images, or one that cannot be read.
    package static func paths(in directory: String) throws(DatasetError) -> [String] {
        let tree = try images(in: directory)
        guard tree.failures.isEmpty else {
            throw .unusable(tree.failures, of: tree.failures.count, source: directory, canSkip: false)
        }
        return tree.classes.flatMap { group in
            group.images.map { group.path.isEmpty ? "\(directory)/\($0)" : "\(directory)/\(group.path)/\($0)" }
        }
    }

    /// What lies below `directory`, which must have an image, be it one that cannot be reached.
    private static func images(in directory: String) throws(DatasetError) -> ImageTree {
        let tree = try ImageTree(directory)
        guard tree.classes.isEmpty && tree.failures.isEmpty else { return tree }
        let others = tree.counts.seen > 0 ? ", only \(tree.counts.seen) files of other kinds" : ""
        throw DatasetError(
            source: directory, problem: "no .png, .jpg, .webp, .ppm, .pgm or .pbm files here or below\(others)",
            remedy: "convert the images to PNG, or name another folder")
    }

    /// Names of the folders in `directory`: those that partition `folders` makes devices.
    ///
    /// - Throws: a folder that cannot be read, or has none.
    package static func deviceFolders(in directory: String) throws(DatasetError) -> [String] {
        let folders = try FileSystem.entries(of: directory).filter { Folder.exists("\(directory)/\($0)") }
        guard !folders.isEmpty else {
            throw DatasetError(
                source: directory, problem: "no folders here that could be devices",
                remedy: "make one folder of images for each device, or use partition iid")
        }
        return folders
    }
}
