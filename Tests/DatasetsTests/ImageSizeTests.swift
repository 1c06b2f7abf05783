import Datasets
import ImageFiles
import Testing

@Suite struct ImageSizeTests {
    private func center(_ width: Int, _ height: Int, of whole: PixelRectangle) -> PixelRectangle {
        whole.center(shapedAs: ImageSize(width: width, height: height))
    }

    @Test func theCentralPartHasTheShapeAndIsTheLargest() {
        let wide = PixelRectangle(x: 0, y: 0, width: 300, height: 100)
        #expect(center(24, 16, of: wide) == PixelRectangle(x: 75, y: 0, width: 150, height: 100))
        #expect(center(16, 24, of: wide) == PixelRectangle(x: 116, y: 0, width: 67, height: 100))
        #expect(center(8, 8, of: wide) == PixelRectangle(x: 100, y: 0, width: 100, height: 100))
        #expect(center(3, 1, of: wide) == wide)
        let tall = PixelRectangle(x: 10, y: 20, width: 100, height: 301)
        #expect(center(24, 16, of: tall) == PixelRectangle(x: 10, y: 137, width: 100, height: 67))
        #expect(center(8, 8, of: tall) == PixelRectangle(x: 10, y: 120, width: 100, height: 100))
        #expect(center(1000, 1, of: PixelRectangle(x: 0, y: 0, width: 9, height: 9)).height == 1)
    }

    @Test func whatStandsForASquareIsCutByTheShapeAlone() {
        let box = PixelRectangle(x: 5, y: 6, width: 30, height: 24)
        #expect(box.centerOfSquare(shapedAs: .square(16)) == box)
        #expect(
            box.centerOfSquare(shapedAs: ImageSize(width: 24, height: 16)) == PixelRectangle(x: 5, y: 10, width: 30, height: 16))
        #expect(
            box.centerOfSquare(shapedAs: ImageSize(width: 16, height: 24)) == PixelRectangle(x: 10, y: 6, width: 20, height: 24))
    }

    @Test func theTextSaysWhichIsWhich() {
        #expect(ImageSize.square(32).description == "32x32")
        #expect(ImageSize(width: 24, height: 16).description == "24x16 (width x height)")
        #expect(ImageSize(width: 24, height: 16).proportions == "3:2" && ImageSize(width: 7, height: 16).proportions == "7:16")
    }

    @Test func imagesOfAFolderLoseTheirEdgesAndAreNotStretched() throws {
        try withTemporaryFolder { folder in
            // Four bands of 10 rows: a 24x16 model sees the two in the middle, of the height 20 that fits the width 30.
            var image = RGBImage(width: 30, height: 40, fill: (255, 0, 0))
            image.paste(RGBImage(width: 30, height: 10, fill: (0, 255, 0)), x: 0, y: 10)
            image.paste(RGBImage(width: 30, height: 10, fill: (0, 0, 255)), x: 0, y: 20)
            try ImageFile.write(image, to: folder + "/bands.png")
            let set = try ImageFolder.load(directory: folder, size: ImageSize(width: 24, height: 16))
            let seen = set.image(at: 0)
            #expect(set.size == seen.size && (seen.width, seen.height) == (24, 16))
            #expect(Array(seen.pixels.prefix(3)) == [0, 255, 0] && Array(seen.pixels.suffix(3)) == [0, 0, 255])
            #expect(!stride(from: 0, to: seen.pixels.count, by: 3).contains { seen.pixels[$0] > 0 })
        }
    }

    @Test func syntheticSignsFitIntoTheShorterSide() throws {
        for size in [ImageSize(width: 48, height: 32), ImageSize(width: 16, height: 40)] {
            let set = try SyntheticSigns(count: 4, seed: 3, size: size)
            let square = try SyntheticSigns(count: 4, seed: 3, size: .square(32))
            for index in 0..<4 {
                #expect(set.image(at: index).size == size)
                #expect(set.label(at: index) == square.label(at: index))
            }
        }
    }
}
