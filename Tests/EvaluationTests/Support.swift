import Evaluation
import Foundation
import ImageFiles
import ImageQuality
import Kernels
import Model
import TestSupport

/// Features and their distances as scipy and torch-fidelity compute them (`scripts/make-fixtures distances`).
struct DistanceFixture {
    struct Values: Decodable {
        let frechetDistance: Double
        let kidMean: Double
        let kidDeviation: Double
        let precision: Double
        let recall: Double
        let mind: Double
    }

    struct Arrays: Decodable {
        let images: [UInt8]
        let mu: [Double]
    }

    private struct File: Decodable {
        let full: Values
        let deficient: Values
        let decaying: Values
        let arrays: Arrays
    }

    static let names = ["full", "deficient", "decaying"]

    static func path(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures/\(name)").path
    }

    private static func file() throws -> File {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(File.self, from: Data(contentsOf: URL(fileURLWithPath: path("distances.json"))))
    }

    static func arrays() throws -> Arrays { try file().arrays }

    let values: Values
    let reference: Tensor
    let samples: Tensor
    let directions: Tensor
    /// Rows of each subset.
    let subsets: [(reference: [Int], samples: [Int])]

    init(_ name: String) throws {
        let file = try Self.file()
        values = [file.full, file.deficient, file.decaying][Self.names.firstIndex(of: name) ?? 0]
        let reader = try SafetensorsReader(path: Self.path("distances.safetensors"))
        func entry(_ tensor: String) throws -> SafetensorsEntry {
            guard let entry = reader.entry("\(name).\(tensor)") else { throw CocoaError(.fileReadCorruptFile) }
            return entry
        }
        reference = try reader.readFloats(entry("reference"))
        samples = try reader.readFloats(entry("samples"))
        directions = try reader.readFloats(entry("directions"))
        let rows = try ["reference_subsets", "sample_subsets"].map { name in
            let subsets = try entry(name)
            let values = try reader.readInt64(subsets).map(Int.init)
            return stride(from: 0, to: values.count, by: subsets.shape[1]).map { Array(values[$0..<$0 + subsets.shape[1]]) }
        }
        subsets = zip(rows[0], rows[1]).map { (reference: $0.0, samples: $0.1) }
    }
}

/// A network for tests: averages of the four quarters of an image, each channel on its own, and their squares.
struct QuarterAverages: FeatureExtractor {
    var name = "quarter-averages"
    var hash = "00ff"
    let resizeRule = "none"
    let featureCount = 24

    func features(of images: Tensor) -> Tensor {
        let (count, height, width) = (images.shape[0], images.shape[1], images.shape[2])
        let result = Tensor(shape: [count, featureCount])
        let scale = 4 / Float(height * width)
        for image in 0..<count {
            for row in 0..<height {
                for column in 0..<width {
                    for channel in 0..<3 {
                        let quarter = (row * 2 / height) * 2 + column * 2 / width
                        let value = images[((image * height + row) * width + column) * 3 + channel]
                        result[image * featureCount + quarter * 3 + channel] += value * scale
                        result[image * featureCount + 12 + quarter * 3 + channel] += value * value * scale
                    }
                }
            }
        }
        return result
    }
}

/// A network that must not be asked.
struct UnusedNetwork: FeatureExtractor {
    let name = "quarter-averages"
    var hash = "00ff"
    let resizeRule = "none"
    let featureCount = 24

    func features(of images: Tensor) -> Tensor { fatalError("the network ran") }
}

/// Random features `(n, d)`.
func randomFeatures(_ count: Int, _ extent: Int, seed: UInt64, shift: Float = 0) -> Tensor {
    let result = Tensor(shape: [count, extent])
    var random = CounterRandom(seed: seed, stream: .timestep).generator()
    for index in 0..<result.count { result[index] = Float(random.nextNormal()) + shift }
    return result
}

/// Writes `count` random images of one size into a folder, and gives its path.
func writeImages(
    _ folder: TemporaryFolder, _ name: String, count: Int, width: Int = 8, height: Int = 8, seed: UInt64, brightness: Double = 0.5
) throws -> String {
    let path = folder.path(name)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    var random = CounterRandom(seed: seed, stream: .timestep).generator()
    for image in 0..<count {
        let level = brightness * 255 * (0.8 + 0.4 * random.nextUniform())
        let pixels = (0..<width * height * 3).map { _ in UInt8(max(0, min(255, level + 40 * random.nextNormal()))) }
        try ImageFile.write(RGBImage(width: width, height: height, pixels: pixels), to: "\(path)/\(image).png")
    }
    return path
}
