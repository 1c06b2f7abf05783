import Datasets
import Foundation
import ImageFiles
import Kernels
import Testing

/// A record whose red plane is 1, 2, 3, ..., green 100 and blue 200 everywhere.
private func record(label: UInt8) -> [UInt8] {
    [label] + (0..<1024).map { UInt8(truncatingIfNeeded: $0 + 1) } + [UInt8](repeating: 100, count: 1024)
        + [UInt8](repeating: 200, count: 1024)
}

private func refusal(_ directory: String) -> DatasetError? {
    do throws(DatasetError) {
        _ = try CIFAR10.load(directory: directory)
        return nil
    } catch {
        return error
    }
}

@Suite struct CIFAR10Tests {
    @Test func batchesAreReadInOrderAndPlanesInterleaved() throws {
        try withTemporaryFolder { folder in
            try write(record(label: 7), to: folder + "/data_batch_2.bin")
            try write(record(label: 3) + record(label: 9), to: folder + "/data_batch_1.bin")
            try write(record(label: 1), to: folder + "/test_batch.bin")
            let train = try CIFAR10.load(directory: folder)
            #expect((0..<train.count).map { train.label(at: $0) } == [3, 9, 7])
            #expect(Array(train.image(at: 0).pixels.prefix(6)) == [1, 100, 200, 2, 100, 200])
            #expect(train.classNames[3] == "cat")
            let test = try CIFAR10.load(directory: folder, subset: .test)
            #expect((0..<test.count).map { test.label(at: $0) } == [1])
        }
    }

    @Test func otherSizesAreCutFromTheMiddle() throws {
        try withTemporaryFolder { folder in
            try write(record(label: 7), to: folder + "/data_batch_1.bin")
            let set = try CIFAR10.load(directory: folder, size: ImageSize(width: 32, height: 16))
            let whole = try CIFAR10.load(directory: folder).image(at: 0)
            #expect(set.image(at: 0) == whole.cropped(to: PixelRectangle(x: 0, y: 8, width: 32, height: 16)))
            #expect(try CIFAR10.load(directory: folder, size: .square(8)).image(at: 0) == whole.resized(to: .square(8)))
        }
    }

    private static let pickles = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
        "Fixtures/cifar10")

    @Test(
        arguments: ["python-2"] + [2, 3, 4, 5].flatMap { ["protocol-\($0)-bytes", "protocol-\($0)-str"] },
        ["", "/cifar-10-batches-py"])
    func thePythonVersionIsRead(name: String, level: String) throws {
        try withTemporaryFolder { folder in
            let bytes = Array(try Data(contentsOf: Self.pickles.appendingPathComponent(name)))
            try write(bytes, to: folder + level + "/data_batch_1")
            try write("x", to: folder + level + "/batches.meta")
            let set = try CIFAR10.load(directory: folder)
            #expect((0..<set.count).map { set.label(at: $0) } == [3, 7])
            for image in 0..<2 {
                let pixels = set.image(at: image).pixels
                for offset in 0..<3072 {
                    let index = 3072 * image + offset % 3 * 1024 + offset / 3
                    guard pixels[offset] == UInt8(7 * index % 256) else {
                        Issue.record("image \(image), byte \(offset)")
                        return
                    }
                }
            }
            #expect(set.files?.passedOver == [".meta": 1])
        }
    }

    @Test func aPickleRunsNothing() throws {
        try withTemporaryFolder { folder in
            let bytes = Array(try Data(contentsOf: Self.pickles.appendingPathComponent("calls-system")))
            try write(bytes, to: folder + "/data_batch_1")
            #expect(refusal(folder)?.problem.contains("a call of os system") == true)
        }
    }

    @Test(arguments: ["python-2", "protocol-5-bytes"])
    func damagedPicklesAreRefused(name: String) throws {
        try withTemporaryFolder { folder in
            let bytes = Array(try Data(contentsOf: Self.pickles.appendingPathComponent(name)))
            let path = folder + "/data_batch_1"
            for length in [0, 1, 2, 20, 100, 200, 300, bytes.count / 2, bytes.count - 1] {
                try write(Array(bytes.prefix(length)), to: path)
                #expect(refusal(folder)?.source == path, "\(length) bytes")
            }
            // No damage to the instructions traps; what is left is a batch or an error.
            for position in (0..<min(300, bytes.count)) {
                var damaged = bytes
                damaged[position] ^= 0x15
                try write(damaged, to: path)
                _ = refusal(folder)
            }
        }
    }

    @Test func mirroringReversesRowsAndKeepsChannels() throws {
        try withTemporaryFolder { folder in
            try write(record(label: 0), to: folder + "/data_batch_1.bin")
            let set = try CIFAR10.load(directory: folder)
            let batch = Tensor(shape: [2, 32, 32, 3])
            set.load([0, 0], mirrored: [false, true], into: batch)
            for column in 0..<32 {
                #expect(batch[column * 3] == normalizedPixel(UInt8(column + 1)))
                #expect(batch[3072 + column * 3] == normalizedPixel(UInt8(32 - column)))
                #expect(batch[3072 + column * 3 + 1] == normalizedPixel(100))
            }
        }
    }

    @Test func damagedFilesAreNamed() throws {
        try withTemporaryFolder { folder in
            #expect(refusal(folder)?.problem.contains("no data_batch_1, with .bin or without") == true)
            #expect(refusal(folder + "/missing")?.problem == "no such folder")
            let path = folder + "/data_batch_1.bin"
            try write(Array(record(label: 0).dropLast()), to: path)
            #expect(refusal(folder)?.source == path)
            try write([], to: path)
            #expect(refusal(folder)?.source == path)
            try write(record(label: 0) + record(label: 10), to: path)
            #expect(refusal(folder)?.problem.contains("record 1 has label 10") == true)
        }
    }
}
