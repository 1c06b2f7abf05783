import Datasets
import ImageFiles
import Testing

private func refusal(_ directory: String) -> DatasetError? {
    do throws(DatasetError) {
        _ = try ImageFolder.load(directory: directory, side: 8)
        return nil
    } catch {
        return error
    }
}

@Suite struct ImageFolderTests {
    private let red = RGBImage(width: 8, height: 8, fill: (255, 0, 0))
    private let blue = RGBImage(width: 8, height: 8, fill: (0, 0, 255))

    @Test func subfoldersAreClasses() throws {
        try withTemporaryFolder { folder in
            try write(PNGCoder.encode(red), to: folder + "/b/1.png")
            try write(PPMCoder.encode(blue), to: folder + "/a/2.PPM")
            try write(PNGCoder.encode(red), to: folder + "/b/0.png")
            try write("notes", to: folder + "/b/readme.txt")
            let set = try ImageFolder.load(directory: folder, side: 8)
            #expect(set.classNames == ["a", "b"])
            #expect((0..<set.count).map { set.label(at: $0) } == [0, 1, 1])
            #expect(set.image(at: 0) == blue && set.image(at: 1) == red)
            #expect(!set.allowsHorizontalFlip)
        }
    }

    @Test func flatFoldersAreOneClassAndWideImagesAreCutToTheirCentre() throws {
        try withTemporaryFolder { folder in
            var wide = RGBImage(width: 24, height: 8, fill: (255, 0, 0))
            wide.paste(blue, x: 8, y: 0)
            try ImageFile.write(wide, to: folder + "/wide.png")
            let set = try ImageFolder.load(directory: folder, side: 8, allowsHorizontalFlip: true)
            #expect(set.classNames.count == 1 && set.count == 1 && set.allowsHorizontalFlip)
            #expect(set.image(at: 0) == blue)
        }
    }

    @Test func whatCannotBeReadIsNamed() throws {
        try withTemporaryFolder { folder in
            #expect(refusal(folder)?.problem.contains("no .png or .ppm") == true)
            try write(PNGCoder.encode(red), to: folder + "/a/1.png")
            try write(PNGCoder.encode(red).dropLast(30) + [], to: folder + "/a/2.png")
            #expect(refusal(folder)?.source == folder + "/a/2.png")
            try write(PNGCoder.encode(red), to: folder + "/loose.png")
            #expect(refusal(folder)?.problem.contains("beside class folders") == true)
            #expect(refusal(folder + "/missing")?.problem == "no such folder")
        }
    }
}
