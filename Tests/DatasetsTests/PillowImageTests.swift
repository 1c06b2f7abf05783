import Foundation
import ImageFiles
import Testing

/// Files that `tools/greendiff_tools/fixtures/images.py` made, each with the pixels that Pillow reads in `NAME.expected`.
///
/// Set GREENDIFFUSION_IMAGES to another folder of such files to check them, too (scripts/check-images).
@Suite struct PillowImageTests {
    private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
        "Fixtures/images")
    private static let folders =
        [fixtures.path] + [ProcessInfo.processInfo.environment["GREENDIFFUSION_IMAGES"]].compactMap { $0 }

    private static func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).filter(ImageFile.isImageName).sorted()
    }

    private static func bytes(_ folder: String, _ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))
    }

    /// How far decoders of one lossy file may differ: the rounding of their transforms.
    private static func tolerance(_ bytes: [UInt8]) -> Int {
        bytes.starts(with: [0xFF, 0xD8]) || bytes.dropFirst(12).starts(with: Array("VP8 ".utf8)) ? 2 : 0
    }

    @Test(arguments: folders)
    func pixelsAreThoseOfPillow(folder: String) throws {
        let names = try Self.names(folder)
        #expect(names.count >= 50)
        for name in names {
            let expected = try ImageFile.decode(Self.bytes(folder, "\(name).expected"), path: name)
            let bytes = try Self.bytes(folder, name)
            let image: RGBImage
            do throws(ImageFileError) { image = try ImageFile.decode(bytes, path: name) } catch {
                Issue.record("\(error)")
                continue
            }
            #expect((image.width, image.height) == (expected.width, expected.height), "\(name)")
            guard image.pixels.count == expected.pixels.count else { continue }
            let error = zip(image.pixels, expected.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 0
            #expect(error <= Self.tolerance(bytes), "\(name) differs by \(error)")
        }
    }

    @Test(arguments: [
        "baseline-420.jpg", "progressive.jpg", "cmyk.jpg", "gray.jpg", "rgb-lossy.webp", "rgba-lossless.webp", "rgba-8.png",
    ])
    func everyTruncationIsRefused(name: String) throws {
        let bytes = try Self.bytes(Self.fixtures.path, name)
        // A PNG has all its pixels before its last chunk.
        let whole = name.hasSuffix("png") ? bytes.count - 12 : bytes.count
        for length in 0..<whole {
            #expect(throws: ImageFileError.self, "\(length) of \(bytes.count) bytes") {
                try ImageFile.decode(Array(bytes.prefix(length)), path: name)
            }
        }
    }

    @Test(arguments: ["animated.png", "animated.webp"])
    func anAnimationIsItsFirstPictureAndSaidToBeOne(name: String) throws {
        #expect(try ImageFile.read("\(Self.fixtures.path)/\(name)").isAnimated)
        #expect(try !ImageFile.read("\(Self.fixtures.path)/rgb-lossless.webp").isAnimated)
    }

    /// A flipped bit in any byte: an error, or a picture of a size that was checked.
    @Test(arguments: ["ycck.jpg", "palette-4-interlaced.png", "rgba-lossy.webp", "p5-1000.pnm", "orientation-6.jpg"])
    func flippedBitsNeverTrap(name: String) throws {
        let bytes = try Self.bytes(Self.fixtures.path, name)
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 1 << UInt8(index % 8)
            if let image = try? ImageFile.decode(damaged, path: name) { #expect(image.width <= ImageLimits.side) }
        }
    }
}
