import ImageFiles
import Storage

/// PNG and PPM files in `DIR/CLASS/`, or all of one class in `DIR`.
package enum ImageFolder {
    /// Each image is cut to its central square and resized to `side` x `side`; classes and files in the order of their names.
    ///
    /// - Parameter allowsHorizontalFlip: whether mirrored images still show what they should; only the caller can know.
    package static func load(
        directory: String, side: Int = 32, allowsHorizontalFlip: Bool = false
    ) throws(DatasetError) -> StoredImages {
        var classNames: [String] = []
        var labels: [Int] = []
        var requests: [ImageRequest] = []
        let entries = try FileSystem.entries(of: directory)
        for entry in entries where Folder.exists(directory + "/" + entry) {
            let folder = directory + "/" + entry
            let files = try FileSystem.entries(of: folder).filter(isImage)
            guard !files.isEmpty else { continue }
            labels += [Int](repeating: classNames.count, count: files.count)
            classNames.append(entry)
            requests += files.map { request(folder + "/" + $0) }
        }
        let loose = entries.filter(isImage)
        guard classNames.isEmpty || loose.isEmpty else {
            throw DatasetError(
                source: directory, problem: "images (\(loose[0])) beside class folders (\(classNames[0]))",
                remedy: "put every image into a class folder, or all into one folder")
        }
        if classNames.isEmpty {
            classNames = ["images"]
            labels = [Int](repeating: 0, count: loose.count)
            requests = loose.map { request(directory + "/" + $0) }
        }
        guard !requests.isEmpty else {
            throw DatasetError(
                source: directory, problem: "no .png or .ppm files here or one folder below",
                remedy: "convert the images to PNG, or name another folder")
        }
        return StoredImages(
            name: "images of \(directory)", width: side, height: side, classNames: classNames,
            allowsHorizontalFlip: allowsHorizontalFlip, labels: labels, groups: nil,
            fileNames: requests.map { String($0.path.dropFirst(directory.count + 1)) },
            pixels: try loadPixels(requests, side: side))
    }

    private static func isImage(_ name: String) -> Bool {
        let lowercased = name.lowercased()
        return lowercased.hasSuffix(".png") || lowercased.hasSuffix(".ppm")
    }

    private static func request(_ path: String) -> ImageRequest {
        ImageRequest(path: path) { image throws(DatasetError) in
            let side = min(image.width, image.height)
            return PixelRectangle(x: (image.width - side) / 2, y: (image.height - side) / 2, width: side, height: side)
        }
    }
}
