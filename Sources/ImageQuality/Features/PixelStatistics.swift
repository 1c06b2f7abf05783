import Glibc
import ImageFiles

/// Mean and standard deviation of the pixels of a set of images, for each channel (red, green, blue), of values 0 to 1, and how far chance
/// moves them.
///
/// A distance of features does not say what is wrong with images; light and contrast show here.
package struct PixelStatistics: Codable, Equatable, Sendable {
    /// Over all pixels of all images.
    package let mean: [Double]
    package let deviation: [Double]
    /// Standard errors of both, where images are independent: those of another such set differ by as much.
    package let meanError: [Double]
    package let deviationError: [Double]

    /// The sums of one image's bytes and of their squares, for each channel: exact, so that their order does not matter.
    package struct Sums: Sendable {
        var pixels = 0
        var sums = [0, 0, 0]
        var squares = [0, 0, 0]

        package init(_ image: RGBImage) {
            pixels = image.width * image.height
            for start in stride(from: 0, to: image.pixels.count, by: 3) {
                for channel in 0..<3 {
                    let value = Int(image.pixels[start + channel])
                    sums[channel] += value
                    squares[channel] += value * value
                }
            }
        }
    }

    /// - Parameter images: at least two (precondition).
    package init(_ images: [Sums]) {
        precondition(images.count >= 2, "statistics of \(images.count) images")
        var columns = [[Double]](repeating: [], count: 4)
        for channel in 0..<3 {
            let result = Self.channel(channel, of: images)
            for place in 0..<4 { columns[place].append(result[place]) }
        }
        (mean, deviation, meanError, deviationError) = (columns[0], columns[1], columns[2], columns[3])
    }

    /// Mean, deviation and the standard errors of both. What one image contributes is `p (v - mean)` to the mean and
    /// `p (v^2 - E v^2 - 2 mean (v - mean)) / (2 deviation)` to the deviation, averaged over its pixels, where p is its share of pixels over
    /// the average share (delta method).
    private static func channel(_ channel: Int, of images: [Sums]) -> [Double] {
        let count = Double(images.count)
        let pixels = Double(images.reduce(0) { $0 + $1.pixels })
        let mean = Double(images.reduce(0) { $0 + $1.sums[channel] }) / pixels
        let square = Double(images.reduce(0) { $0 + $1.squares[channel] }) / pixels
        let deviation = max(0, square - mean * mean).squareRoot()
        var (meanSquares, deviationSquares) = (0.0, 0.0)
        for image in images {
            let share = Double(image.pixels) * count / pixels
            let shift = Double(image.sums[channel]) / Double(image.pixels) - mean
            let ofMean = share * shift
            let ofDeviation = share * (Double(image.squares[channel]) / Double(image.pixels) - square - 2 * mean * shift)
            meanSquares += ofMean * ofMean
            deviationSquares += ofDeviation * ofDeviation
        }
        let scale = 1 / (count * (count - 1))
        let deviationError = deviation > 0 ? (deviationSquares * scale).squareRoot() / (2 * deviation) : 0
        return [mean, deviation, (meanSquares * scale).squareRoot(), deviationError].map { $0 / 255 }
    }

    /// How many standard errors of the difference, and how much of 0 to 1, two sets may differ before a warning says so: chance alone
    /// exceeds the first once in some thousand comparisons, and nobody sees less than the second.
    private static let (errorsAllowed, leastSeen) = (4.0, 0.01)

    /// What differs by more than chance explains, in words; nil for nothing.
    package func difference(from reference: PixelStatistics) -> String? {
        let light = Self.differs(mean, meanError, reference.mean, reference.meanError)
        let contrast = Self.differs(deviation, deviationError, reference.deviation, reference.deviationError)
        return light ? (contrast ? "light and contrast" : "light") : contrast ? "contrast" : nil
    }

    private static func differs(_ first: [Double], _ errors: [Double], _ second: [Double], _ otherErrors: [Double]) -> Bool {
        first.indices.contains { channel in
            let error = hypot(errors[channel], otherErrors[channel])
            return abs(first[channel] - second[channel]) > max(errorsAllowed * error, leastSeen)
        }
    }
}
