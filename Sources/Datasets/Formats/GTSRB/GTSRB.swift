import ImageFiles
import Records
import Storage

/// The German Traffic Sign Recognition Benchmark (Stallkamp et al. 2012), as its archive, torchvision or Kaggle lay it out.
///
/// Training images come in tracks of nearly equal frames, test images do not.
package enum GTSRB {
    /// - Parameters:
    ///   - directory: a folder with the data set in or below it (`GTSRBLayout`).
    ///   - cropMargin: nil keeps the whole image; otherwise it is cut to the sign's box grown by this share of its side.
    ///   - size: of the result. Images or boxes, nearly square as they are, are stretched to a square, of which the central part shaped
    ///     as `size` is kept.
    ///   - skipsUnreadable: whether images that cannot be read are left out; otherwise they are an error that names them.
    package static func load(
        directory: String, subset: DatasetSubset = .train, cropMargin: Double? = nil, size: ImageSize = .square(32),
        skipsUnreadable: Bool = false
    ) throws(DatasetError) -> StoredImages {
        if let cropMargin, !(0...1).contains(cropMargin) {
            throw DatasetError(source: directory, problem: "crop margin \(cropMargin)", remedy: "use 0...1")
        }
        let tables = try GTSRBLayout.tables(in: directory, subset)
        var requests: [ImageRequest] = []
        var labels: [Int] = []
        var groups: [Int] = []
        for table in tables {
            for row in try rows(of: table) {
                requests.append(request(row, in: table, cropMargin: cropMargin, size: size))
                // Test images and renamed ones have no track: negative numbers keep them apart from all tracks.
                groups.append(row.track.map { row.classID << 32 | $0 & 0xFFFF_FFFF } ?? -1 - labels.count)
                labels.append(row.classID)
            }
        }
        guard !labels.isEmpty else {
            throw DatasetError(source: directory, problem: "the annotation files have no rows", remedy: "restore the data set")
        }
        let loaded = try LoadedImages(
            requests, size: size, source: directory, counts: filesWithoutRow(tables, requests), skipsUnreadable: skipsUnreadable)
        return StoredImages(
            name: "GTSRB (\(subset.rawValue))", size: size, classNames: classNames, allowsHorizontalFlip: false,
            labels: loaded.kept.map { labels[$0] }, groups: loaded.kept.map { groups[$0] }, files: loaded.counts,
            pixels: loaded.pixels)
    }

    private static func rows(of table: GTSRBTable) throws(DatasetError) -> [GTSRBAnnotation] {
        let rows = try GTSRBAnnotationFile.parse(
            FileSystem.contents(of: table.path), classes: classNames.count, path: table.path)
        for row in rows where table.classID != nil && row.classID != table.classID {
            throw DatasetError(
                source: table.path, line: row.line, problem: "class \(row.classID) in the folder of another class",
                remedy: "correct the row or restore the file")
        }
        return rows
    }

    /// What lies beside the images and is in no table.
    private static func filesWithoutRow(_ tables: [GTSRBTable], _ requests: [ImageRequest]) -> ImageFileCounts {
        var counts = ImageFileCounts()
        var known = Set(requests.map(\.path))
        for table in tables { known.insert(table.path) }
        for folder in Set(requests.map { Folder.parent(of: $0.path) }) {
            for name in (try? FileSystem.allEntries(of: folder)) ?? [] where !known.contains("\(folder)/\(name)") {
                let isImage = ImageFile.isImageName(name)
                counts.passOver(
                    FileSystem.isHidden(name) ? "hidden" : FileSystem.kind(ofName: name) + (isImage ? " in no table" : ""))
            }
        }
        return counts
    }

    private static func request(
        _ row: GTSRBAnnotation, in table: GTSRBTable, cropMargin: Double?, size: ImageSize
    ) -> ImageRequest {
        let (path, source) = ("\(table.imageFolder)/\(row.filename)", table.path)
        return ImageRequest(path: path) { image throws(DatasetError) in
            guard let cropMargin else { return image.bounds.centerOfSquare(shapedAs: size) }
            guard let rectangle = row.crop(margin: cropMargin, width: image.width, height: image.height) else {
                throw DatasetError(
                    source: source, line: row.line,
                    problem: "box (\(row.left), \(row.top))-(\(row.right), \(row.bottom)) does not lie in the "
                        + "\(image.width)x\(image.height) image",
                    remedy: "correct the row or load without cropping")
            }
            return rectangle.centerOfSquare(shapedAs: size)
        }
    }

    /// In the order of `ClassId`.
    private static let classNames = [
        "limit 20", "limit 30", "limit 50", "limit 60", "limit 70", "limit 80", "end of limit 80", "limit 100", "limit 120",
        "no overtaking", "no overtaking by trucks", "priority at next junction", "priority road", "yield", "stop", "no vehicles",
        "no trucks", "no entry", "danger", "curve left", "curve right", "double bend", "bumpy road", "slippery road",
        "road narrows", "roadworks", "traffic lights", "pedestrians", "children", "bicycles", "ice", "wild animals",
        "end of limits", "turn right", "turn left", "ahead", "ahead or right", "ahead or left", "keep right", "keep left",
        "roundabout", "end of no overtaking", "end of no overtaking by trucks",
    ]
}
