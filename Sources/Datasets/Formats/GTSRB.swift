import ImageFiles
import Storage

/// The German Traffic Sign Recognition Benchmark in its official layout (Stallkamp et al. 2012).
///
/// `Final_Training/Images/000NN/GT-000NN.csv` with tracks of nearly equal frames, `Final_Test/Images/GT-final_test.csv` without.
package enum GTSRB {
    /// - Parameters:
    ///   - directory: the folder that holds `Final_Training` or `Final_Test`, or one of their `Images` folders itself.
    ///   - cropMargin: nil keeps the whole image; otherwise it is cut to the sign's box grown by this share of its side.
    ///   - side: width and height of the result; images are resized to it without keeping their aspect ratio, which is near 1.
    package static func load(
        directory: String, subset: DatasetSubset = .train, cropMargin: Double? = nil, side: Int = 32
    ) throws(DatasetError) -> StoredImages {
        if let cropMargin, !(0...1).contains(cropMargin) {
            throw DatasetError(source: directory, problem: "crop margin \(cropMargin)", remedy: "use 0...1")
        }
        let files = try annotationFiles(in: directory, subset)
        var requests: [ImageRequest] = []
        var labels: [Int] = []
        var groups: [Int] = []
        for file in files {
            let rows = try GTSRBAnnotationFile.parse(
                FileSystem.contents(of: file.path), classes: classNames.count, path: file.path)
            for row in rows {
                guard file.classID == nil || row.classID == file.classID else {
                    throw DatasetError(
                        source: file.path, line: row.line, problem: "class \(row.classID) in the folder of another class",
                        remedy: "correct the row or restore the file")
                }
                requests.append(request(row, in: file, cropMargin: cropMargin))
                // Test images and renamed ones have no track: negative numbers keep them apart from all tracks.
                groups.append(row.track.map { row.classID << 32 | $0 & 0xFFFF_FFFF } ?? -1 - labels.count)
                labels.append(row.classID)
            }
        }
        guard !labels.isEmpty else {
            throw DatasetError(source: directory, problem: "the annotation files have no rows", remedy: "restore the data set")
        }
        return StoredImages(
            name: "GTSRB (\(subset.rawValue))", width: side, height: side, classNames: classNames, allowsHorizontalFlip: false,
            labels: labels, groups: groups, pixels: try loadPixels(requests, side: side))
    }

    private struct AnnotationFile {
        let folder: String
        let name: String
        /// The class that all rows must have, from the folder's name.
        let classID: Int?
        var path: String { folder + "/" + name }
    }

    private static func annotationFiles(
        in directory: String, _ subset: DatasetSubset
    ) throws(DatasetError) -> [AnnotationFile] {
        let part = subset == .train ? "Final_Training/Images" : "Final_Test/Images"
        _ = try FileSystem.entries(of: directory)
        for folder in [directory + "/" + part, directory + "/GTSRB/" + part, directory + "/Images", directory]
        where Folder.exists(folder) {
            let entries = try FileSystem.entries(of: folder)
            switch subset {
            case .test where entries.contains("GT-final_test.csv"):
                return [AnnotationFile(folder: folder, name: "GT-final_test.csv", classID: nil)]
            case .train:
                let files = entries.filter { $0.utf8.count == 5 }.compactMap { name in
                    Int(name).map { AnnotationFile(folder: folder + "/" + name, name: "GT-\(name).csv", classID: $0) }
                }
                if !files.isEmpty { return files }
            default: break
            }
        }
        throw DatasetError(
            source: directory,
            problem: subset == .train ? "no class folders 00000...00042 here" : "no GT-final_test.csv here",
            remedy: "name the folder that holds \(part) (scripts/download-gtsrb fetches it)")
    }

    private static func request(_ row: GTSRBAnnotation, in file: AnnotationFile, cropMargin: Double?) -> ImageRequest {
        let (path, source) = (file.folder + "/" + row.filename, file.path)
        return ImageRequest(path: path) { image throws(DatasetError) in
            guard let cropMargin else { return nil }
            guard let rectangle = row.crop(margin: cropMargin, width: image.width, height: image.height) else {
                throw DatasetError(
                    source: source, line: row.line,
                    problem: "box (\(row.left), \(row.top))-(\(row.right), \(row.bottom)) does not lie in the "
                        + "\(image.width)x\(image.height) image",
                    remedy: "correct the row or load without cropping")
            }
            return rectangle
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
