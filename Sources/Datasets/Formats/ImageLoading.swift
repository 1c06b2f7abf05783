import Foundation
import ImageFiles
import Kernels

/// One image file to bring to a data set's size.
struct ImageRequest: Sendable {
    let path: String
    /// The part to keep, given the image's size; nil keeps all. Throws where it does not fit.
    let crop: @Sendable (RGBImage) throws(DatasetError) -> PixelRectangle?
}

/// Decodes, crops and resizes many files on all cores; `(count, side, side, 3)` in the order of `requests`.
///
/// Throws the error of the first bad file in that order.
func loadPixels(_ requests: [ImageRequest], side: Int) throws(DatasetError) -> [UInt8] {
    let imageBytes = side * side * 3
    let chunk = 256
    let chunks = (requests.count + chunk - 1) / chunk
    let failures = FirstFailure()
    let pixels = [UInt8](unsafeUninitializedCapacity: requests.count * imageBytes) { buffer, count in
        buffer.initialize(repeating: 0)
        count = buffer.count
        // SAFETY: each chunk writes its own range of `buffer`, which outlives the loop.
        let target = buffer
        parallelFor(count: chunks, threads: Processors.available) { number in
            for index in number * chunk..<min(requests.count, (number + 1) * chunk) {
                do throws(DatasetError) {
                    let image = try load(requests[index], side: side)
                    for (offset, byte) in image.pixels.enumerated() { target[index * imageBytes + offset] = byte }
                } catch {
                    failures.note(index, error)
                    return
                }
            }
        }
    }
    if let error = failures.first { throw error }
    return pixels
}

private func load(_ request: ImageRequest, side: Int) throws(DatasetError) -> RGBImage {
    let image: RGBImage
    do throws(ImageFileError) {
        image = try ImageFile.read(request.path)
    } catch {
        throw DatasetError(source: error.path, problem: error.explanation, remedy: error.remedy)
    }
    let kept = try request.crop(image).map(image.cropped) ?? image
    return kept.resized(width: side, height: side)
}

/// The failure with the smallest index, whatever the order in which threads meet them.
private final class FirstFailure: Sendable {
    private let lock = NSLock()
    // SAFETY: read and written only with `lock` held.
    nonisolated(unsafe) private var earliest: (index: Int, error: DatasetError)?

    func note(_ index: Int, _ error: DatasetError) {
        lock.withLock { if index < earliest?.index ?? .max { earliest = (index, error) } }
    }

    var first: DatasetError? { lock.withLock { earliest?.error } }
}
