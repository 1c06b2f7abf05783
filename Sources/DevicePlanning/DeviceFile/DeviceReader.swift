import Energy
import Storage

/// Reads the devices of a file one by one, in little memory, however many there are.
///
/// A device that cannot be used does not stop the reading; a file that is not of its format does.
public struct DeviceReader: ~Copyable {
    public let format: DeviceFileFormat
    var source: ByteSource
    var fields = DeviceFields()
    /// Devices read so far, those that cannot be used included.
    public private(set) var count = 0
    var state = State.start
    /// Fields of a CSV file's columns.
    var columns: [DeviceField] = []

    enum State {
        case start, inside, end
    }

    /// A device, or why it cannot be used.
    public enum Record: Sendable {
        case device(PlannedDevice)
        case unusable(UnusableDevice)
    }

    /// Opens the file at `path`, `-` for standard input.
    ///
    /// - Parameter format: nil for the one that the extension says or, where it says none, the first byte.
    /// - Throws: `FileError` for a file that is not there, cannot be read, or is empty.
    public init(path: String, format: DeviceFileFormat? = nil) throws(FileError) {
        var source = try ByteSource(path: path)
        try Self.skipMark(&source)
        guard !source.window.isEmpty else { throw .invalid(path: source.path, reason: "it is empty; write one device at least") }
        let first = source.window[source.start...].first { $0 > UInt8(ascii: " ") }
        self.format = format ?? DeviceFileFormat(path: path) ?? DeviceFileFormat(firstByte: first)
        self.source = source
    }

    /// The name of the file, for messages.
    public var path: String { source.path }

    /// Starts again at the first device.
    public mutating func rewind() throws(FileError) {
        try source.rewind()
        try Self.skipMark(&source)
        (count, state) = (0, .start)
    }

    /// The next device, nil behind the last one.
    ///
    /// - Throws: `FileError.invalid` with the line where the file is not of its format.
    public mutating func next() throws(FileError) -> Record? {
        switch format {
        case .json: try nextOfArray()
        case .ndjson: try nextLine()
        case .csv: try nextRow()
        }
    }

    /// Fills the first window and leaves out a byte order mark.
    private static func skipMark(_ source: inout ByteSource) throws(FileError) {
        try source.refill()
        if source.window.starts(with: [0xEF, 0xBB, 0xBF]) { source.consume(3) }
    }

    /// The device in `fields`, or what is wrong with it.
    mutating func record(line: Int) -> Record {
        defer { count += 1 }
        do {
            return .device(try fields.device(index: count))
        } catch {
            return .unusable(UnusableDevice(path: path, line: line, index: count, field: error.field, problem: error.problem))
        }
    }

    mutating func unusable(_ problem: String, line: Int) -> Record {
        defer { count += 1 }
        return .unusable(UnusableDevice(path: path, line: line, index: count, field: nil, problem: problem))
    }

    /// The next byte that is not blank, not used up; nil at the end.
    mutating func peek() throws(FileError) -> UInt8? {
        while true {
            var position = source.start
            JSONScanner.skipBlanks(source.window.span, &position)
            source.consume(position - source.start)
            if source.start < source.window.count { return source.window[source.start] }
            if source.isAtEnd { return nil }
            try source.refill()
        }
    }

    func malformed(_ reason: String) -> FileError { .invalid(path: path, reason: "line \(source.line): \(reason)") }
}
