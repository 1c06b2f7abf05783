import Energy
import Storage

/// Reads the devices of a file one by one, in little memory, however many there are.
///
/// A device that cannot be used does not stop the reading; a file that is not of its format does.
package struct DeviceReader: ~Copyable {
    package let format: DeviceFileFormat
    var source: ByteSource
    var fields: DeviceFields
    /// Devices read so far, those that cannot be used included.
    package private(set) var count = 0
    var state = State.start
    /// Fields of a CSV file's columns, and what separates its cells.
    var columns: [DeviceField] = []
    var separator = UInt8(ascii: ",")
    /// Line on which the device in `fields` starts.
    var line = 1
    /// Usable devices with odd tables; nil where nobody is told.
    var oddTables: OddTables?

    enum State {
        case start, inside, end
    }

    /// Opens the file at `path`, `-` for standard input.
    ///
    /// - Parameters:
    ///   - format: nil for the one that first byte and extension say.
    ///   - energyModel: the form of the processors' power, where devices have it.
    /// - Throws: `FileError` for a file that is not there, cannot be read, or is empty.
    package init(path: String, format: DeviceFileFormat? = nil, energyModel: EnergyModel = .table) throws(FileError) {
        try self.init(ByteSource(path: path), format: format, energyModel: energyModel)
    }

    /// Reads the devices that are in memory; messages call them `name`.
    init(_ bytes: [UInt8], name: String, format: DeviceFileFormat?, energyModel: EnergyModel = .table) throws(FileError) {
        try self.init(ByteSource(bytes, name: name), format: format, energyModel: energyModel)
    }

    private init(
        _ opened: consuming ByteSource, format: DeviceFileFormat?, energyModel: EnergyModel
    ) throws(FileError) {
        fields = DeviceFields(energyModel: energyModel)
        var source = opened
        try Self.skipMark(&source)
        guard !source.window.isEmpty else { throw .invalid(path: source.path, reason: "it is empty; write one device at least") }
        let first = source.window[source.start...].first { $0 > UInt8(ascii: " ") }
        self.format = format ?? DeviceFileFormat(path: source.path, firstByte: first)
        self.source = source
    }

    /// The name of the file, for messages.
    package var path: String { source.path }

    /// Starts again at the first device.
    package mutating func rewind() throws(FileError) {
        try source.rewind()
        try Self.skipMark(&source)
        (count, state) = (0, .start)
    }

    /// What `make` gives for the fields and the position of the next device, or why that cannot be used; nil behind the last one.
    ///
    /// - Throws: `FileError.invalid` with the line where the file is not of its format.
    mutating func next<Device>(
        _ make: (DeviceFields, Int) throws(DeviceFields.Fault) -> Device
    ) throws(FileError) -> Result<Device, UnusableDevice>? {
        guard try advance() else { return nil }
        defer { count += 1 }
        do throws(DeviceFields.Fault) {
            try fields.settle()
            let device = try make(fields, count)
            noteOddTable()
            return .success(device)
        } catch {
            return .failure(UnusableDevice(path: path, line: line, index: count, fault: error))
        }
    }

    /// Where somebody is told, notes what is odd about the table of the device in `fields`.
    private mutating func noteOddTable() {
        let oddities = oddTables == nil ? [] : fields.tableOddities
        guard !oddities.isEmpty else { return }
        let place = "\(path), line \(line), device \(count)"
        oddTables?.add(oddities, of: place)
    }

    /// Reads the next device into `fields`; false behind the last one.
    private mutating func advance() throws(FileError) -> Bool {
        switch format {
        case .json: try advanceInArray()
        case .ndjson: try advanceLine()
        case .csv: try advanceRow()
        }
    }

    /// Fills the first window and leaves out a byte order mark.
    private static func skipMark(_ source: inout ByteSource) throws(FileError) {
        try source.refill()
        if source.window.starts(with: [0xEF, 0xBB, 0xBF]) { source.consume(3) }
        if source.window.starts(with: [0xFF, 0xFE]) || source.window.starts(with: [0xFE, 0xFF]) {
            throw .invalid(path: source.path, reason: "it is UTF-16 text; save it as UTF-8")
        }
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

    /// As `peek` between the lines of a file of cells: a tab may be an empty cell's end.
    mutating func peekLine() throws(FileError) -> Bool {
        while true {
            var position = source.start
            while position < source.window.count, [0x20, 0x0A, 0x0D].contains(source.window[position]) { position += 1 }
            source.consume(position - source.start)
            if source.start < source.window.count { return true }
            if source.isAtEnd { return false }
            try source.refill()
        }
    }

    /// That the file has been read and there was no device.
    var holdsNone: FileError {
        let example =
            switch format {
            case .json: #"[{"distance_m": 45}, ...]"#
            case .ndjson: #"{"distance_m": 45}, one object a line"#
            case .csv: "a line for each below the field names"
            }
        return .invalid(path: path, reason: "it has no device; write \(example)")
    }

    func malformed(_ reason: String) -> FileError { .invalid(path: path, reason: "line \(source.line): \(reason)") }
}
