import Foundation
import ImageFiles
import Records
import Report
import Storage

/// The event file of a run in `tensorboard/`: grows by every round's curves and sample grids.
///
/// A convenience that can be made again from `rounds.jsonl`, so it is not flushed to the disk.
struct TensorBoardLog {
    private let path: String

    /// Starts the file again with the rounds so far, so that a resumed run shows none twice.
    init(path: String, rounds: [RoundRecord]) throws {
        self.path = path
        let now = Date().timeIntervalSince1970
        var contents = EventRecord.fileHeader(wallTime: now)
        for record in rounds { contents += RoundEvents.records(record, wallTime: now) }
        try AtomicFile.write(contents, to: path)
    }

    func append(_ record: RoundRecord) throws {
        try append(RoundEvents.records(record, wallTime: Date().timeIntervalSince1970))
    }

    func append(_ samples: RGBImage, round: Int) throws {
        let png = try PNGCoder.encode(samples)
        try append(
            EventRecord.image(
                png: png, width: samples.width, height: samples.height, tag: "samples", step: round,
                wallTime: Date().timeIntervalSince1970))
    }

    private func append(_ records: [UInt8]) throws(FileError) {
        do {
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            defer { try? file.close() }
            try file.seekToEnd()
            try file.write(contentsOf: Data(records))
        } catch {
            throw .unwritable(path: path, reason: FileError.reason(error))
        }
    }
}
