import Foundation
import ImageFiles
import Records
import Report
import Storage

/// The event file of a run in `tensorboard/`: grows by the curves and sample grids.
///
/// A convenience that can be made again from the records and grids, so it is not flushed to the disk.
struct TensorBoardLog {
    private let path: String

    /// The events of a record at a time.
    typealias Events<Record> = (Record, _ wallTime: Double) -> [UInt8]

    /// Takes up the file of a run: what it has of points up to `last` stays with its times, what it lacks is added, and the rest, which
    /// will be done again, goes.
    init<Record: RunRecord>(_ files: RunFiles, upTo last: Int, records: [Record], events: Events<Record>) throws {
        path = files.eventsPath
        let now = Date().timeIntervalSince1970
        let old = EventFile(parsing: (try? readFile(path)) ?? [])
        let kept = old.events.filter { $0.step <= last }
        var contents = kept.isEmpty ? EventRecord.fileHeader(wallTime: now) : Array(old.header)
        for event in kept { contents += event.bytes }
        let shown = Set(kept.filter { !$0.isImage }.map(\.step))
        for record in records where !shown.contains(record.number) { contents += events(record, now) }
        let drawn = Set(kept.filter(\.isImage).map(\.step))
        for number in files.sampleNumbers() where !drawn.contains(number) {
            contents += try Self.event(try ImageFile.read(files.samplePath(number)).image, number: number, wallTime: now)
        }
        try Folder.create(files.tensorBoardFolder)
        try AtomicFile.write(contents, to: path)
    }

    func append<Record>(_ record: Record, events: Events<Record>) throws {
        try append(events(record, Date().timeIntervalSince1970))
    }

    /// Adds the sample grid of a round or step.
    func append(_ samples: RGBImage, number: Int) throws {
        try append(try Self.event(samples, number: number, wallTime: Date().timeIntervalSince1970))
    }

    private static func event(_ samples: RGBImage, number: Int, wallTime: Double) throws -> [UInt8] {
        EventRecord.image(
            png: try PNGCoder.encode(samples), width: samples.width, height: samples.height, tag: "samples", step: number,
            wallTime: wallTime)
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
