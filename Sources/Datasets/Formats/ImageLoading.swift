import Foundation
import ImageFiles
import Kernels
import Records

/// One image file to bring to a data set's size.
struct ImageRequest: Sendable {
    let path: String
    /// The part of an image to keep. Throws where it does not fit.
    let crop: @Sendable (RGBImage) throws(DatasetError) -> PixelRectangle
}

/// Many files decoded, cropped and resized on all cores.
struct LoadedImages {
    /// `(kept.count, height, width, 3)` in the order of the requests.
    let pixels: [UInt8]
    /// Which requests could be used, ascending.
    let kept: [Int]
    /// What became of the files.
    let counts: ImageFileCounts

    /// - Parameters:
    ///   - source: the folder, for errors.
    ///   - counts: of files that are no images.
    ///   - failures: images that could not be reached before.
    /// - Throws: an error that names the images that cannot be used, unless they are to be skipped; or no image at all.
    init(
        _ requests: [ImageRequest], size: ImageSize, source: String, counts: ImageFileCounts, failures: [DatasetError] = [],
        skipsUnreadable: Bool
    ) throws(DatasetError) {
        let (decoded, notes) = Self.decode(requests, size: size)
        let failures = failures + notes.failures
        var counts = counts
        counts.seen += requests.count + failures.count - notes.failures.count
        counts.used = requests.count - notes.failures.count
        counts.firstFrames = notes.animations
        counts.unreadable = failures.count
        counts.unreadableFiles = failures.prefix(DatasetError.filesNamed).map(\.fault)
        guard failures.isEmpty || skipsUnreadable && counts.used > 0 else {
            throw .unusable(failures, of: counts.used + counts.unreadable, source: source, canSkip: counts.used > 0)
        }
        self.counts = counts
        guard !notes.failures.isEmpty else {
            (pixels, kept) = (decoded, Array(requests.indices))
            return
        }
        kept = requests.indices.filter { notes.failed[$0] == nil }
        let imageBytes = size.pixels * 3
        pixels = kept.flatMap { decoded[$0 * imageBytes..<($0 + 1) * imageBytes] }
    }

    private static func decode(_ requests: [ImageRequest], size: ImageSize) -> (pixels: [UInt8], notes: LoadingNotes.Contents) {
        let imageBytes = size.pixels * 3
        let chunk = 256
        let chunks = (requests.count + chunk - 1) / chunk
        let notes = LoadingNotes()
        OutOfMemory.require(bytes: requests.count * imageBytes, wayOut: "use fewer images, or a model of smaller ones")
        let pixels = [UInt8](unsafeUninitializedCapacity: requests.count * imageBytes) { buffer, count in
            buffer.initialize(repeating: 0)
            count = buffer.count
            // SAFETY: each chunk writes its own range of `buffer`, which outlives the loop.
            let target = buffer
            parallelFor(count: chunks, threads: Processors.available) { number in
                for index in number * chunk..<min(requests.count, (number + 1) * chunk) {
                    do throws(DatasetError) {
                        let (image, isAnimated) = try load(requests[index], size: size)
                        if isAnimated { notes.noteAnimation() }
                        for (offset, byte) in image.pixels.enumerated() { target[index * imageBytes + offset] = byte }
                    } catch {
                        notes.noteFailure(index, error)
                    }
                }
            }
        }
        return (pixels, notes.contents)
    }

    private static func load(_ request: ImageRequest, size: ImageSize) throws(DatasetError) -> (RGBImage, isAnimated: Bool) {
        let contents: ImageFile.Contents
        do throws(ImageFileError) {
            contents = try ImageFile.read(request.path)
        } catch {
            throw DatasetError(source: error.path, problem: error.explanation, remedy: error.remedy)
        }
        let kept = try contents.image.cropped(to: request.crop(contents.image))
        return (kept.resized(to: size), contents.isAnimated)
    }
}

/// What threads note while they load, whatever the order in which they do.
private final class LoadingNotes: Sendable {
    struct Contents {
        var failed: [Int: DatasetError] = [:]
        var animations = 0

        /// In the order of the requests.
        var failures: [DatasetError] { failed.sorted { $0.key < $1.key }.map(\.value) }
    }

    private let lock = NSLock()
    // SAFETY: read and written only with `lock` held.
    nonisolated(unsafe) private var noted = Contents()

    func noteFailure(_ index: Int, _ error: DatasetError) { lock.withLock { noted.failed[index] = error } }
    func noteAnimation() { lock.withLock { noted.animations += 1 } }

    var contents: Contents { lock.withLock { noted } }
}
