import Foundation
import GreenDiffusion
import RunTestSupport
import TestSupport
import Testing

/// A model of images that are 24 pixels wide and 16 high, of the tiny model's weights.
@Suite struct NonSquareModelTests {
    private let folder = TemporaryFolder()

    private func checkpoint(_ size: String = "[16, 24]") throws -> String {
        let path = folder.path("model")
        try FileManager.default.copyItem(atPath: TinyModel.path, toPath: path)
        let file = "\(path)/config.json"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let changed = text.replacing(/"sample_size" ?: ?8/, with: "\"sample_size\":\(size)")
        #expect(changed != text)
        try changed.write(toFile: file, atomically: true, encoding: .utf8)
        return path
    }

    /// Width and height in a PNG file's header.
    private func size(ofPNG path: String) throws -> [Int] {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        return [16, 20].map { start in bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) } }
    }

    private func run(_ arguments: [String]) throws -> String {
        let result = try Greendiff.run(arguments)
        #expect(result.status == 0, "\(result.errors)")
        return result.output
    }

    @Test func itTrainsResumesAndDraws() throws {
        let train = [
            "train", "--init", try checkpoint(), "--devices", "2", "--images", "16", "--local-iterations", "2", "--batch-size",
            "2", "--threads", "1", "--sample-every", "0",
        ]
        _ = try run(train + ["--rounds", "2", "--out", folder.path("whole")])
        _ = try run(train + ["--rounds", "1", "--out", folder.path("parts")])
        _ = try run(["train", "--resume", folder.path("parts"), "--rounds", "2", "--threads", "2"])
        #expect(try TinyRun.weights(folder.path("whole"), round: 2) == TinyRun.weights(folder.path("parts"), round: 2))

        _ = try run([
            "sample", "--checkpoint", folder.path("whole"), "--count", "4", "--steps", "2", "--images", folder.path("images"),
            "--out", folder.path("grid.png"),
        ])
        #expect(try size(ofPNG: folder.path("images/00003.png")) == [24, 16])
        // Two by two, gutters of two pixels, each pixel doubled.
        #expect(try size(ofPNG: folder.path("grid.png")) == [2 * (2 * 26 + 2), 2 * (2 * 18 + 2)])
        #expect(try run(["inspect", folder.path("whole/model")]).contains("24x16 (width x height), 3 channels"))
    }

    @Test func itPretrainsOnAFolderOfImages() throws {
        _ = try run([
            "sample", "--checkpoint", try TinyModel.path, "--count", "5", "--steps", "1", "--images", folder.path("data"),
        ])
        let output = try run([
            "pretrain", "--init", checkpoint(), "--data", "folder:\(folder.path("data"))", "--steps", "3", "--batch-size", "2",
            "--out", folder.path("run"),
        ])
        #expect(output.contains("the central 3:2 part resized to 24x16 (width x height)"))
        #expect(try run(["inspect", folder.path("run/model")]).contains("24x16"))
    }

    @Test func heightAndWidthMustHalveOftenEnough() throws {
        let result = try Greendiff.run("train", "--init", checkpoint("[16, 25]"), "--dry-run")
        #expect(result.status == 1)
        #expect(result.errors.contains("sample_size") && result.errors.contains("down blocks"))
        #expect(result.errors.contains("[16, 25]"), "\(result.errors)")
    }
}
