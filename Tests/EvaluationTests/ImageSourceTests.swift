import Datasets
import Evaluation
import Foundation
import GreenDiffusion
import ImageFiles
import ImageQuality
import TestSupport
import Testing

@Suite struct ImageSourceTests {
    private func archive(_ name: String) throws -> OpenedSource {
        try OpenedSource(.numpy(DistanceFixture.path(name)), role: "samples", size: .square(8), count: nil, seed: 0)
    }

    @Test(arguments: ["images.npz", "images-deflated.npz"]) func arraysOfImagesAreThoseThatNumPyWrote(name: String) throws {
        guard case .images(let set) = try archive(name) else { throw CocoaError(.fileReadCorruptFile) }
        #expect(set.count == 5)
        let images = try (0..<5).map { try set.image(at: $0) }
        #expect(images[0].size == ImageSize(width: 6, height: 4))
        #expect(images.flatMap(\.pixels) == (try DistanceFixture.arrays().images))
    }

    @Test func grayImagesBecomeRGB() throws {
        guard case .images(let set) = try archive("gray.npz") else { throw CocoaError(.fileReadCorruptFile) }
        let reds = try stride(from: 0, to: 72, by: 3).map { try DistanceFixture.arrays().images[$0] }
        #expect(try set.image(at: 0).pixels == reds.flatMap { [$0, $0, $0] })
    }

    @Test func statisticsAreThoseThatNumPyWrote() throws {
        guard case .moments(let moments) = try archive("statistics.npz") else { throw CocoaError(.fileReadCorruptFile) }
        #expect(moments.mean == (try DistanceFixture.arrays().mu))
        #expect(moments.covariance.count == 36 && moments.covariance[1] == moments.covariance[6])
    }

    @Test func arraysOfOtherTypesAreRefusedByName() throws {
        let error = #expect(throws: EvaluationError.self) { try archive("wide.npz") }
        #expect(error?.description.contains("<i8") == true, "\(String(describing: error))")
    }

    /// Every prefix of an archive, and every byte changed: an error or, where the byte means nothing, the same images; never a trap.
    @Test(arguments: ["images.npz", "images-deflated.npz"]) func damagedArchivesAreErrors(name: String) throws {
        let folder = TemporaryFolder()
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: DistanceFixture.path(name))))
        func pixels(_ bytes: [UInt8]) throws -> [UInt8] {
            let path = try folder.write(bytes, to: "damaged.npz")
            guard case .images(let set) = try OpenedSource(.numpy(path), role: "samples", size: .square(8), count: nil, seed: 0)
            else { throw CocoaError(.fileReadCorruptFile) }
            return try (0..<set.count).flatMap { try set.image(at: $0).pixels }
        }
        for count in 0..<bytes.count {
            #expect(throws: (any Error).self, "the first \(count) bytes") { try pixels(Array(bytes[..<count])) }
        }
        let whole = try pixels(bytes)
        for position in bytes.indices {
            var changed = bytes
            changed[position] ^= 0x5A
            if let result = try? pixels(changed) { #expect(result == whole, "byte \(position)") }
        }
    }

    @Test func sourcesAreToldByNameAndKind() throws {
        let folder = TemporaryFolder()
        let file = try folder.write([], to: "a.npz")
        let features = try folder.write([], to: "b.safetensors")
        let text = try folder.write([], to: "c.txt")
        func parsed(_ text: String) throws -> EvaluationSource { try EvaluationSource(parsing: text, setting: "reference") }
        #expect(try parsed(folder.path) == .folder(folder.path))
        #expect(try parsed(file) == .numpy(file))
        #expect(try parsed(features) == .features(features))
        #expect(try parsed("synthetic") == .data(.synthetic(style: nil)))
        #expect(try parsed("gtsrb:x") == .data(.gtsrb(folder: "x")))
        #expect(throws: EvaluationError.self) { try parsed(text) }
        let error = #expect(throws: EvaluationError.self) { try parsed(folder.path("absent")) }
        #expect(error?.description.contains("neither a folder nor a file nor a data set") == true)
    }

    @Test func pixelStatisticsAreThoseOfTheirDefinition() {
        let images = [
            RGBImage(width: 2, height: 1, pixels: [0, 10, 255, 255, 20, 255]), RGBImage(width: 2, height: 1, fill: (51, 30, 255)),
        ]
        let result = PixelStatistics(images.map(PixelStatistics.Sums.init))
        let reds = [0.0, 1, 0.2, 0.2]
        let mean = reds.reduce(0, +) / 4
        let deviation = (reds.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4).squareRoot()
        #expect(abs(result.mean[0] - mean) <= 1e-12 && abs(result.deviation[0] - deviation) <= 1e-12)
        // Of the images' means 0.5 and 0.2: deviation 0.3 / sqrt 2, over sqrt 2.
        #expect(abs(result.meanError[0] - 0.15) <= 1e-12)
        #expect(result.mean[2] == 1 && result.deviation[2] == 0 && result.deviationError[2] == 0)
    }

    @Test func onlyWhatChanceDoesNotExplainIsADifference() throws {
        let folder = TemporaryFolder()
        func statistics(_ name: String, seed: UInt64, brightness: Double) throws -> PixelStatistics {
            let set = try FolderImages(writeImages(folder, name, count: 60, seed: seed, brightness: brightness))
            return try ReadImages(set, Array(0..<60), network: nil, threads: 2) { _ in }.pixels
        }
        let first = try statistics("a", seed: 1, brightness: 0.5)
        #expect(try statistics("b", seed: 2, brightness: 0.5).difference(from: first) == nil)
        #expect(try statistics("c", seed: 3, brightness: 0.35).difference(from: first)?.contains("light") == true)
    }
}
