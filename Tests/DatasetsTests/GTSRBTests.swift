import Datasets
import Foundation
import ImageFiles
import Testing

private let header = "Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId\r\n"

/// A red image with a green box in columns 4...11, rows 2...9.
private func frame(width: Int, height: Int) -> [UInt8] {
    var image = RGBImage(width: width, height: height, fill: (255, 0, 0))
    image.paste(RGBImage(width: 8, height: 8, fill: (0, 255, 0)), x: 4, y: 2)
    return Array("P6\n# a comment line\n\(width) \(height)\n255\n".utf8) + image.pixels
}

/// Two tracks of class 1 and one of class 14 below `folder`, in the official layout.
private func writeOfficialLayout(_ folder: String) throws {
    let images = folder + "/Final_Training/Images"
    try write(
        header + "00000_00000.ppm;20;16;4;2;11;9;1\r\n00000_00001.ppm;30;24;4;2;11;9;1\r\n00001_00000.ppm;16;16;4;2;11;9;1\r\n",
        to: images + "/00001/GT-00001.csv")
    try write(frame(width: 20, height: 16), to: images + "/00001/00000_00000.ppm")
    try write(frame(width: 30, height: 24), to: images + "/00001/00000_00001.ppm")
    try write(frame(width: 16, height: 16), to: images + "/00001/00001_00000.ppm")
    try write(header + "00000_00000.ppm;16;16;4;2;11;9;14\r\n", to: images + "/00014/GT-00014.csv")
    try write(frame(width: 16, height: 16), to: images + "/00014/00000_00000.ppm")
}

private func refusal(_ directory: String, cropMargin: Double? = nil) -> DatasetError? {
    do throws(DatasetError) {
        _ = try GTSRB.load(directory: directory, cropMargin: cropMargin)
        return nil
    } catch {
        return error
    }
}

@Suite struct GTSRBTests {
    @Test(arguments: ["", "/Final_Training", "/Final_Training/Images"])
    func officialLayoutIsFoundFromEveryLevel(level: String) throws {
        try withTemporaryFolder { folder in
            try writeOfficialLayout(folder)
            let set = try GTSRB.load(directory: folder + level, size: .square(16))
            #expect((0..<set.count).map { set.label(at: $0) } == [1, 1, 1, 14])
            #expect(set.group(at: 0) == set.group(at: 1))
            #expect(Set((0..<4).map { set.group(at: $0) }).count == 3)
            #expect(set.classNames.count == 43 && set.classNames[14] == "stop")
            #expect(!set.allowsHorizontalFlip)
            #expect((set.image(at: 1).width, set.image(at: 1).height) == (16, 16))
            let low = try GTSRB.load(directory: folder + level, size: ImageSize(width: 16, height: 8))
            let frame = try ImageFile.read(folder + "/Final_Training/Images/00001/00001_00000.ppm").image
            #expect(low.image(at: 2) == frame.cropped(to: PixelRectangle(x: 0, y: 4, width: 16, height: 8)))
        }
    }

    @Test func theUnpackedArchivesFolderIsFound() throws {
        try withTemporaryFolder { folder in
            try writeOfficialLayout(folder + "/GTSRB")
            #expect(try GTSRB.load(directory: folder).count == 4)
        }
    }

    @Test func torchvisionsLayoutIsFoundFromEveryLevel() throws {
        try withTemporaryFolder { folder in
            try writeOfficialLayout(folder + "/new")
            try FileManager.default.createDirectory(atPath: folder + "/root/gtsrb/GTSRB", withIntermediateDirectories: true)
            try FileManager.default.moveItem(
                atPath: folder + "/new/Final_Training/Images", toPath: folder + "/root/gtsrb/GTSRB/Training")
            for level in ["", "/gtsrb", "/gtsrb/GTSRB", "/gtsrb/GTSRB/Training"] {
                #expect(try GTSRB.load(directory: folder + "/root" + level).count == 4, "\(level)")
            }
        }
    }

    @Test(arguments: ["", "/Train"])
    func kagglesLayoutIsFound(level: String) throws {
        try withTemporaryFolder { folder in
            let rows = [(20, "00020_00000_00000"), (20, "00020_00000_00001"), (3, "00003_00001_00000")]
            var table = "Width,Height,Roi.X1,Roi.Y1,Roi.X2,Roi.Y2,ClassId,Path\n"
            for (label, name) in rows {
                table += "20,16,4,2,11,9,\(label),Train/\(label)/\(name).png\n"
                var image = RGBImage(width: 20, height: 16, fill: (255, 0, 0))
                image.paste(RGBImage(width: 8, height: 8, fill: (0, 255, 0)), x: 4, y: 2)
                try write(PNGCoder.encode(image), to: folder + "/Train/\(label)/\(name).png")
            }
            try write(table, to: folder + "/Train.csv")
            let set = try GTSRB.load(directory: folder + level, cropMargin: 0, size: .square(8))
            #expect((0..<set.count).map { set.label(at: $0) } == [20, 20, 3])
            #expect(set.group(at: 0) == set.group(at: 1) && set.group(at: 0) != set.group(at: 2))
            #expect(set.image(at: 2) == RGBImage(width: 8, height: 8, fill: (0, 255, 0)))
        }
    }

    @Test(arguments: [
        "\u{FEFF}\(header)00000_00000.ppm;16;16;4;2;11;9;14\r\n",
        "\"Filename\";Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;\"ClassId\"\n\"00000_00000.ppm\";16;16;4;2;11;9;\"14\"",
        "Filename,Width,Height,Roi.X1,Roi.Y1,Roi.X2,Roi.Y2,ClassId\r00000_00000.ppm,16,16,4,2,11,9,14\r",
    ])
    func tablesAreReadHoweverTheyWereSaved(text: String) throws {
        try withTemporaryFolder { folder in
            try writeOfficialLayout(folder)
            try write(text, to: folder + "/Final_Training/Images/00014/GT-00014.csv")
            #expect(try GTSRB.load(directory: folder).count == 4)
        }
    }

    @Test func twoCopiesAreNotGuessedAt() throws {
        try withTemporaryFolder { folder in
            try writeOfficialLayout(folder + "/a")
            try writeOfficialLayout(folder + "/b")
            #expect(refusal(folder)?.problem.contains("more than one copy") == true)
        }
    }

    @Test func filesOutsideTheTablesAreCounted() throws {
        try withTemporaryFolder { folder in
            try writeOfficialLayout(folder)
            try write("x", to: folder + "/Final_Training/Images/00014/extra.ppm")
            try write("x", to: folder + "/Final_Training/Images/00014/notes.txt")
            let files = try #require(try GTSRB.load(directory: folder).files)
            #expect((files.seen, files.used) == (6, 4))
            #expect(files.passedOver == [".ppm in no table": 1, ".txt": 1])
        }
    }

    @Test func cropKeepsTheBox() throws {
        try withTemporaryFolder { folder in
            try writeOfficialLayout(folder)
            let tight = try GTSRB.load(directory: folder, cropMargin: 0, size: .square(8))
            #expect(tight.image(at: 1) == RGBImage(width: 8, height: 8, fill: (0, 255, 0)))
            let loose = try GTSRB.load(directory: folder, cropMargin: 0.25, size: .square(12))
            #expect(Array(loose.image(at: 0).pixels.prefix(3)) == [255, 0, 0])
            #expect(refusal(folder, cropMargin: 2) != nil)
        }
    }

    @Test func testSetHasNoTracks() throws {
        try withTemporaryFolder { folder in
            let images = folder + "/Final_Test/Images"
            try write(header + "00000.ppm;16;16;4;2;11;9;3\n00001.ppm;16;16;4;2;11;9;42\n", to: images + "/GT-final_test.csv")
            for name in ["00000", "00001"] { try write(frame(width: 16, height: 16), to: images + "/\(name).ppm") }
            let set = try GTSRB.load(directory: folder, subset: .test)
            #expect((0..<set.count).map { set.label(at: $0) } == [3, 42])
            #expect(set.group(at: 0) != set.group(at: 1))
        }
    }

    @Test(arguments: [
        ("00000_00000.ppm;16;16;4;2;11;9;43", "class 43"), ("00000_00000.ppm;16;16;4;2;11;9;2", "another class"),
        ("00000_00000.ppm;16;16;4;2;11;9", "7 columns"), ("00000_00000.ppm;16;16;4;2;11;9;", "ClassId is ''"),
        ("00000_00000.ppm;16;16;4;x;11;9;1", "Roi.Y1 is 'x'"), (";16;16;4;2;11;9;1", "file name"),
        ("../00000.ppm;16;16;4;2;11;9;1", "file name"), ("00000_00000.ppm;16;16;4;2;20;9;1", "does not lie in"),
    ])
    func badRowsAreNamedByFileAndLine(row: String, problem: String) throws {
        try withTemporaryFolder { folder in
            try writeOfficialLayout(folder)
            let path = folder + "/Final_Training/Images/00001/GT-00001.csv"
            try write(header + "00001_00000.ppm;16;16;4;2;11;9;1\r\n\(row)\r\n", to: path)
            let error = try #require(refusal(folder, cropMargin: 0.1))
            #expect(error.line == 3 && error.source == path, "\(error)")
            #expect(error.problem.contains(problem), "\(error)")
            #expect(!error.remedy.isEmpty)
        }
    }

    @Test func missingColumnsAndFilesAreNamed() throws {
        try withTemporaryFolder { folder in
            try writeOfficialLayout(folder)
            let class14 = folder + "/Final_Training/Images/00014"
            try write("Filename;Width;Height\r\na.ppm;1;1\r\n", to: class14 + "/GT-00014.csv")
            #expect(refusal(folder)?.problem == "no column Roi.X1")
            try write(header + "00000_00009.ppm;16;16;4;2;11;9;14\r\n", to: class14 + "/GT-00014.csv")
            #expect(refusal(folder)?.source.hasSuffix("00014/00000_00009.ppm") == true)
            try write(Array(frame(width: 16, height: 16).dropLast(5)), to: class14 + "/00000_00009.ppm")
            #expect(refusal(folder)?.problem.contains("763 of 768 pixel bytes") == true)
            #expect(refusal(folder + "/Final_Training/Images/00001")?.problem.contains("no class folders") == true)
            try FileManager.default.removeItem(atPath: class14 + "/GT-00014.csv")
            #expect(refusal(folder)?.source.hasSuffix("GT-00014.csv") == true)
        }
    }

    /// Set GREENDIFFUSION_GTSRB to a folder with the published training set to check it.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["GREENDIFFUSION_GTSRB"] != nil))
    func publishedTrainingSetHasItsCounts() throws {
        let set = try GTSRB.load(directory: try #require(ProcessInfo.processInfo.environment["GREENDIFFUSION_GTSRB"]))
        #expect(set.count == 39_209)
        #expect(set.classCounts().filter { $0 > 0 }.count == 43)
        #expect(Set((0..<set.count).map { set.group(at: $0) }).count == 1_307)
    }
}
