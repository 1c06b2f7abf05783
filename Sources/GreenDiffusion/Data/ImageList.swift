import Datasets
import Foundation
import ImageFiles
import Kernels
import Storage

/// The images that a run trains on, as `images.csv` has them: a line each, in their order. Pixels, labels and groups are compared, so a
/// data set that was moved is the same, and one in which an image was replaced is not.
struct ImageList: Equatable {
    /// Lines of `hash,label,group,name`: XXH3-64 of the pixels as training sees them, and what a person calls the image.
    private let lines: [Substring]

    private static let header = "xxh3,label,group,name"

    /// The list of all images of `dataset`, which it decodes or draws once.
    init(_ dataset: any ImageDataset) {
        lines = (0..<dataset.count).map { index in
            let pixels = dataset.image(at: index).pixels.withUnsafeBytes(hash64)
            let hash = String(format: "%016lx", pixels)
            let name = dataset.fileName(at: index).map { String(reflecting: $0) } ?? ""
            return "\(hash),\(dataset.label(at: index)),\(dataset.group(at: index)),\(name)"
        }
    }

    /// The list in the file `path`; nil where there is none.
    init?(path: String) {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        lines = text.split(separator: "\n").dropFirst().map { $0 }
    }

    func write(to path: String) throws(FileError) {
        try AtomicFile.write(([Substring(Self.header)] + lines).map { $0 + "\n" }.joined(), to: path)
    }

    var count: Int { lines.count }

    /// A hash of what is compared.
    var digest: String {
        hexadecimal(Array(lines.map(Self.content).joined(separator: "\n").utf8).withUnsafeBytes(hash128))
    }

    /// How this list differs from the one `before`.
    func difference(from before: ImageList?) -> String {
        guard let before else { return "\(count) images with other content" }
        let shared = zip(before.lines, lines)
        let first = shared.enumerated().first { Self.content($1.0) != Self.content($1.1) }?.offset ?? min(before.count, count)
        let counts = before.count == count ? "\(count) images" : "\(before.count) images before, \(count) now"
        func name(_ list: ImageList) -> String {
            guard first < list.count else { return "none" }
            let name = list.lines[first].dropFirst(Self.content(list.lines[first]).count)
            return name.isEmpty ? "image \(first + 1)" : String(name)
        }
        let (was, now) = (name(before), name(self))
        return "\(counts), the first that differs is \(was == now ? "\(now), with other content" : "\(now), which was \(was)")"
    }

    /// A line without the name, which alone has quotation marks.
    private static func content(_ line: Substring) -> Substring { line.prefix { $0 != "\"" } }
}
