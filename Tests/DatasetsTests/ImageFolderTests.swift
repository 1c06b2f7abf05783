import Datasets
import Foundation
import ImageFiles
import Records
import Testing

private func refusal(_ directory: String) -> DatasetError? {
    do throws(DatasetError) {
        _ = try ImageFolder.load(directory: directory, size: .square(8))
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
            try write(NetpbmCoder.encode(blue), to: folder + "/a/2.PPM")
            try write(PNGCoder.encode(red), to: folder + "/b/0.png")
            try write("notes", to: folder + "/b/readme.txt")
            let set = try ImageFolder.load(directory: folder, size: .square(8))
            #expect(set.classNames == ["a", "b"])
            #expect((0..<set.count).map { set.label(at: $0) } == [0, 1, 1])
            #expect(set.image(at: 0) == blue && set.image(at: 1) == red)
            #expect(!set.allowsHorizontalFlip)
        }
    }

    @Test func namesThatLookAlikeAreTwoClasses() throws {
        try withTemporaryFolder { folder in
            try write(PNGCoder.encode(red), to: folder + "/\u{e9}/0.png")
            try write(PNGCoder.encode(blue), to: folder + "/e\u{301}/0.png")
            let set = try ImageFolder.load(directory: folder, size: .square(8))
            #expect(set.classNames.count == 2 && Set([set.label(at: 0), set.label(at: 1)]) == [0, 1])
        }
    }

    @Test func classesBelowDevicesAreSharedByThem() throws {
        try withTemporaryFolder { folder in
            for path in ["ann/stop", "bob/a/b", "bob/stop"] { try write(PNGCoder.encode(red), to: "\(folder)/\(path)/1.png") }
            try write(PNGCoder.encode(blue), to: "\(folder)/bob/2.png")
            let set = try ImageFolder.load(directory: folder, size: .square(8), classesAreBelowDevices: true)
            #expect(set.classNames == [".", "a/b", "stop"])
            let names = (0..<set.count).map { set.fileName(at: $0) }
            #expect(names == ["ann/stop/1.png", "bob/2.png", "bob/a/b/1.png", "bob/stop/1.png"])
            #expect((0..<set.count).map { set.label(at: $0) } == [2, 0, 1, 2])
        }
    }

    @Test func flatFoldersAreOneClassAndWideImagesAreCutToTheirCentre() throws {
        try withTemporaryFolder { folder in
            var wide = RGBImage(width: 24, height: 8, fill: (255, 0, 0))
            wide.paste(blue, x: 8, y: 0)
            try ImageFile.write(wide, to: folder + "/wide.png")
            let set = try ImageFolder.load(directory: folder, size: .square(8), allowsHorizontalFlip: true)
            #expect(set.classNames.count == 1 && set.count == 1 && set.allowsHorizontalFlip)
            #expect(set.image(at: 0) == blue)
        }
    }

    @Test func whatCannotBeReadIsNamed() throws {
        try withTemporaryFolder { folder in
            #expect(refusal(folder)?.problem.contains("no .png, .jpg") == true)
            try write(PNGCoder.encode(red), to: folder + "/a/1.png")
            try write(PNGCoder.encode(red).dropLast(30) + [], to: folder + "/a/2.png")
            #expect(refusal(folder)?.source == folder + "/a/2.png" && refusal(folder)?.canSkip == true)
            try write("GIF89a", to: folder + "/b/3.jpg")
            #expect(refusal(folder)?.problem.hasPrefix("2 of 3 images cannot be used: \(folder)/a/2.png") == true)
            #expect(refusal(folder)?.problem.contains("/b/3.jpg: starts with 47 49 46 38 39 61 like a GIF") == true)
            #expect(refusal(folder + "/missing")?.problem == "no such folder")
        }
    }

    @Test func unreadableImagesAreLeftOutWhereThatIsAskedFor() throws {
        try withTemporaryFolder { folder in
            try write(PNGCoder.encode(blue), to: folder + "/a/0.png")
            try write("no image", to: folder + "/a/1.png")
            try write(PNGCoder.encode(red), to: folder + "/b/2.png")
            #expect(symlink("nowhere", folder + "/b/3.jpg") == 0)
            let set = try ImageFolder.load(directory: folder, size: .square(8), skipsUnreadable: true)
            #expect((0..<set.count).map { set.image(at: $0) } == [blue, red])
            #expect((0..<set.count).map { set.label(at: $0) } == [0, 1])
            #expect((0..<set.count).map { set.fileName(at: $0) } == ["a/0.png", "b/2.png"])
            let files = try #require(set.files)
            #expect((files.seen, files.used, files.unreadable) == (4, 2, 2))
            #expect(files.unreadableFiles.contains { $0.contains("a/1.png") })
            try FileManager.default.removeItem(atPath: folder + "/b")
            try FileManager.default.removeItem(atPath: folder + "/a/0.png")
            #expect(throws: DatasetError.self) {
                try ImageFolder.load(directory: folder, size: .square(8), skipsUnreadable: true)
            }
        }
    }

    @Test func onlySoManyFilesAreNamed() throws {
        try withTemporaryFolder { folder in
            for number in 10..<40 { try write("no image", to: folder + "/\(number).png") }
            let problem = try #require(refusal(folder)?.problem)
            #expect(problem.contains("/29.png") && !problem.contains("/30.png") && problem.hasSuffix("; and 10 more"))
            #expect(refusal(folder)?.canSkip == false)
        }
    }

    @Test func foldersAtAnyDepthAreClassesWhateverTheyAreCalled() throws {
        try withTemporaryFolder { folder in
            for name in ["x.png", "v1.png/0.png", "deep/er/0.JPEG.png", "deep/0.png"] {
                try write(PNGCoder.encode(red), to: "\(folder)/\(name)")
            }
            let set = try ImageFolder.load(directory: folder, size: .square(8))
            #expect(set.classNames == [".", "deep", "deep/er", "v1.png"])
            #expect((0..<set.count).map { set.label(at: $0) } == [0, 1, 2, 3])
        }
    }

    @Test func whatIsNoImageIsCountedByKindAndNeverOpened() throws {
        try withTemporaryFolder { folder in
            try write(PNGCoder.encode(red), to: folder + "/a/0.png")
            for name in ["a/notes.TXT", "a/b.txt", "a/.hidden", "a/README", "empty/c.gif"] {
                try write("x", to: "\(folder)/\(name)")
            }
            #expect(mkfifo(folder + "/a/pipe.png", 0o600) == 0)
            #expect(symlink("..", folder + "/a/round") == 0 && symlink("self", folder + "/a/self") == 0)
            let files = try #require(try ImageFolder.load(directory: folder, size: .square(8)).files)
            #expect(
                files.passedOver == [
                    ".txt": 2, "hidden": 1, "without extension": 1, ".gif": 1, "pipe": 1, "link to a folder above": 1,
                    "broken link": 1,
                ])
            #expect(files.seen == 9 && files.used == 1)
        }
    }

    @Test func foldersBecomeDevices() throws {
        try withTemporaryFolder { folder in
            for name in ["b/0.png", "a/x/1.png", "a/y/2.png"] { try write(PNGCoder.encode(red), to: "\(folder)/\(name)") }
            let set = try ImageFolder.load(directory: folder, size: .square(8))
            #expect(try ImageFolder.deviceFolders(in: folder) == ["a", "b"])
            #expect(try set.partition(byFolders: ["a", "b"]) == [[0, 1], [2]])
            #expect(try set.partition(byFolders: ["b", "a"]) == [[2], [0, 1]])
            let empty = #expect(throws: DatasetError.self) { try set.partition(byFolders: ["a", "b", "c"]) }
            #expect(empty?.problem.contains("c, which is a device, has no image") == true)
            try write(PNGCoder.encode(red), to: folder + "/loose.png")
            let beside = try ImageFolder.load(directory: folder, size: .square(8))
            #expect(throws: DatasetError.self) { try beside.partition(byFolders: ["a", "b"]) }
        }
    }
}
