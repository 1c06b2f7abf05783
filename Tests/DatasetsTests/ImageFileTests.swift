import Foundation
import ImageFiles
import Testing

/// A small image whose every byte differs from its neighbours.
private func sampleImage(width: Int = 7, height: Int = 5) -> RGBImage {
    RGBImage(width: width, height: height, pixels: (0..<width * height * 3).map { UInt8(truncatingIfNeeded: $0 * 37 + 11) })
}

private func problem(of bytes: [UInt8]) -> ImageFileError.Problem? {
    do throws(ImageFileError) {
        _ = try ImageFile.decode(bytes, path: "x")
        return nil
    } catch {
        return error.problem
    }
}

@Suite struct ImageFileTests {
    @Test(arguments: ["image.png", "image.ppm"])
    func roundTripThroughAFile(name: String) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent(name).path
        try ImageFile.write(sampleImage(), to: path)
        #expect(try ImageFile.read(path).image == sampleImage())
    }

    @Test(arguments: [(1, 1), (1, 9), (256, 3), (64, 64)])
    func pngRoundTripAtOddSizes(width: Int, height: Int) throws {
        let image = sampleImage(width: width, height: height)
        #expect(try ImageFile.decode(PNGCoder.encode(image), path: "x") == image)
    }

    @Test func ppmHeaderTakesCommentsAndBlanks() throws {
        let image = sampleImage(width: 2, height: 1)
        let header = "P6 # made by a camera\n# another line\n 2\t# width\n1\n255\n"
        #expect(try ImageFile.decode(Array(header.utf8) + image.pixels, path: "x") == image)
    }

    @Test func ppmWithASmallerMaximumIsScaled() throws {
        let image = try ImageFile.decode(Array("P6\n1 1\n15\n".utf8) + [0, 15, 200], path: "x")
        #expect(image.pixels == [0, 255, 255])
    }

    @Test func everyTruncationOfAPPMIsRefused() {
        let bytes = NetpbmCoder.encode(sampleImage())
        for length in 0..<bytes.count { #expect(problem(of: Array(bytes.prefix(length))) != nil, "\(length) bytes") }
    }

    @Test func truncatedAndFlippedPNGsAreRefused() throws {
        let bytes = try PNGCoder.encode(sampleImage())
        let endChunk = 12
        for length in 0..<bytes.count - endChunk {
            #expect(problem(of: Array(bytes.prefix(length))) != nil, "\(length) bytes")
        }
        var flipped = bytes
        flipped[bytes.count / 2] ^= 0x10
        #expect(problem(of: flipped) != nil)
    }

    @Test(arguments: [
        "P6\n0 4\n255\n", "P6\n4 99999\n255\n", "P6\n30000 30000\n255\n", "P6\n3 3\n65535\n", "P6\n4 4\n65536\n",
        "P7\n4 4\n255\n", "P3\n4 4\n255\n", "P6\n4 4\n0\n", "P6\n-4 4\n255\n",
        "P6\n4 4\n255", "P64 4\n255\n", "P6\n4 99999999999999999999\n255\n", "P6\n4x 4\n255\n",
    ])
    func badPPMHeadersAreRefused(header: String) {
        #expect(problem(of: Array(header.utf8) + [UInt8](repeating: 0, count: 16)) != nil)
    }

    @Test(arguments: ["P6\n#camera\r4 4\n255\n", "P6#c\n4#d\r4 #e\n255#f\n", "P6 4\r\n4\r255\r"])
    func commentsEndWithTheLineHoweverItEnds(header: String) throws {
        let image = sampleImage(width: 4, height: 4)
        #expect(try ImageFile.decode(Array(header.utf8) + image.pixels, path: "x") == image)
    }

    @Test(arguments: [
        [0x89, 0x50, 0x4E, 0x47, 0x0A, 0x1A, 0x0A, 0], [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0D, 0x0A, 0x1A],
        [0x09, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], [0xEF, 0xBF, 0xBD, 0x50, 0x4E, 0x47, 0x0D, 0x0A],
    ])
    func aPNGThatWasTakenForTextIsCalledSo(start: [UInt8]) {
        guard case .corrupt(let reason) = problem(of: start) else {
            Issue.record("\(start) is not called damaged")
            return
        }
        #expect(reason.contains("line ends") && reason.contains("binary mode"))
    }

    @Test func plainSamplesAboveTheMaximumAreRefused() {
        #expect(problem(of: Array("P2\n1 1\n15\n16\n".utf8)) == .corrupt("sample 16 is above the maximum value 15"))
        #expect(problem(of: Array("P1\n2 1\n12\n".utf8)) == .corrupt("a pixel that is neither 0 nor 1"))
    }

    @Test func aPipeIsNotOpened() throws {
        try withTemporaryFolder { folder in
            #expect(mkfifo("\(folder)/x.png", 0o600) == 0)
            let error = #expect(throws: ImageFileError.self) { try ImageFile.read("\(folder)/x.png") }
            #expect(error?.problem == .unreadable("not a regular file"))
        }
    }

    @Test func sizeLimitIsNamed() {
        #expect(problem(of: Array("P6\n30000 30000\n255\n".utf8)) == .tooLarge(width: 30000, height: 30000))
    }

    @Test func unknownFormatsAndMissingFilesNameTheWayOut() {
        #expect(problem(of: Array("GIF89a--".utf8)) == .unknownFormat("47 49 46 38 39 61 2d 2d like a GIF"))
        #expect(problem(of: [1, 2, 3]) == .unknownFormat("01 02 03"))
        do throws(ImageFileError) {
            _ = try ImageFile.read("/nonexistent/file.png")
            Issue.record("a missing file was read")
        } catch {
            #expect(error.description.contains("/nonexistent/file.png"))
            #expect(error.description.contains("No such file"))
        }
        #expect(throws: ImageFileError.self) { try ImageFile.read("/tmp") }
        #expect(throws: ImageFileError.self) { try ImageFile.write(sampleImage(), to: "/nonexistent/file.png") }
    }
}

@Suite struct ImageOperationTests {
    @Test func labelledGridsHaveTextBesideTheRowsOfEachGroup() {
        let red = RGBImage(width: 40, height: 40, fill: (255, 0, 0))
        let blue = RGBImage(width: 40, height: 40, fill: (0, 0, 255))
        let groups = [ImageGrid.Group(label: "I", images: [red, red, red]), ImageGrid.Group(label: "stop", images: [blue])]
        let grid = ImageGrid.compose(groups, columns: 2, scale: 1)
        // The longest label has 4 characters of 6 pixels, enlarged to 12; three rows of 40 pixels in two blocks with margins of 2.
        let left = 4 * 12 + 8
        #expect((grid.width, grid.height) == (left + 86, (2 + 42 + 42) + (2 + 42)))
        func pixel(_ x: Int, _ y: Int) -> [UInt8] { Array(grid.pixels[(y * grid.width + x) * 3..<(y * grid.width + x) * 3 + 3]) }
        #expect(pixel(left + 2, 2) == [255, 0, 0] && pixel(left + 44, 2) == [255, 0, 0])
        #expect(pixel(left + 44, 44) == [255, 255, 255])
        #expect(pixel(left + 2, 88) == [0, 0, 255])
        // The stem of the I is the middle of five columns.
        for row in 0..<14 { #expect(pixel(8 + 4, 8 + row) == [0, 0, 0] && pixel(8 + 10, 8 + row) == [255, 255, 255]) }
    }

    @Test func gridPlacesImagesAndEnlarges() {
        let red = RGBImage(width: 2, height: 1, fill: (255, 0, 0))
        let blue = RGBImage(width: 2, height: 1, fill: (0, 0, 255))
        let grid = ImageGrid.compose([red, blue, red], columns: 2, gutter: 1, scale: 3, background: (9, 9, 9))
        #expect((grid.width, grid.height) == ((1 + 3 + 3) * 3, (1 + 2 + 2) * 3))
        func pixel(_ x: Int, _ y: Int) -> [UInt8] { Array(grid.pixels[(y * grid.width + x) * 3..<(y * grid.width + x) * 3 + 3]) }
        #expect(pixel(0, 0) == [9, 9, 9])
        #expect(pixel(3, 3) == [255, 0, 0])
        #expect(pixel(8, 5) == [255, 0, 0])
        #expect(pixel(12, 3) == [0, 0, 255])
        #expect(pixel(12, 9) == [9, 9, 9])
    }

    @Test func resizeKeepsConstantsAndMeans() {
        let flat = RGBImage(width: 50, height: 31, fill: (10, 128, 250))
        #expect(flat.resized(to: .square(32)) == RGBImage(width: 32, height: 32, fill: (10, 128, 250)))
        let stripes = RGBImage(width: 64, height: 64, pixels: (0..<64 * 64 * 3).map { $0 / 3 % 2 == 0 ? 0 : 255 })
        let small = stripes.resized(to: .square(16))
        #expect(small.pixels.allSatisfy { (110...145).contains($0) }, "aliased: \(Set(small.pixels).sorted())")
    }

    /// Pillow 13: `Image.fromarray((arange(12) * 20).astype(uint8).reshape(3, 4)).resize((2, 2), BILINEAR)`.
    @Test func resizeEqualsPillow() {
        let grey = RGBImage(width: 4, height: 3, pixels: (0..<12).flatMap { [UInt8](repeating: UInt8($0 * 20), count: 3) })
        let small = grey.resized(to: .square(2))
        #expect(stride(from: 0, to: 12, by: 3).map { small.pixels[$0] } == pillowValues)
    }

    @Test func cropTakesTheRectangle() {
        let image = sampleImage()
        let part = image.cropped(to: PixelRectangle(x: 2, y: 1, width: 3, height: 2))
        #expect((part.width, part.height) == (3, 2))
        #expect(Array(part.pixels[9..<12]) == Array(image.pixels[(2 * 7 + 2) * 3..<(2 * 7 + 2) * 3 + 3]))
    }
}

private let pillowValues: [UInt8] = [44, 76, 144, 176]
