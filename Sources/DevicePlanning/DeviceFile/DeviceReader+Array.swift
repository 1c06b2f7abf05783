import Storage

extension DeviceReader {
    private static let noArray =
        "it must be a JSON array of objects, one a device (one object a line: name it .ndjson, or give the input format)"

    /// Reads the next device of a JSON array.
    mutating func advanceInArray() throws(FileError) -> Bool {
        if state == .end { return false }
        guard let first = try peek() else { throw malformed("it ends inside the array; is it complete?") }
        if state == .start {
            guard first == UInt8(ascii: "[") else { throw .invalid(path: path, reason: Self.noArray) }
            source.consume(1)
            state = .inside
            if try peek() == UInt8(ascii: "]") { return try endOfArray() }
        } else if first == UInt8(ascii: "]") {
            return try endOfArray()
        } else {
            guard first == UInt8(ascii: ",") else { throw malformed("a comma or ] expected") }
            source.consume(1)
            guard try peek() != nil else { throw malformed("it ends inside the array; is it complete?") }
        }
        line = source.line
        while true {
            fields.removeAll()
            let window = source.window
            var position = source.start
            do throws(JSONScanner.Failure) {
                try JSONScanner.object(window.span, &position, into: &fields)
                source.consume(position - source.start)
                return true
            } catch {
                switch error {
                case .incomplete:
                    guard !source.isAtEnd else { throw malformed("it ends inside device \(count); is it complete?") }
                    try source.refill()
                case .noObject: throw malformed(Self.noArray)
                case .malformed(let place, let reason):
                    source.consume(place - source.start)
                    throw malformed("\(reason) in device \(count)")
                }
            }
        }
    }

    private mutating func endOfArray() throws(FileError) -> Bool {
        source.consume(1)
        guard try peek() == nil else { throw malformed("text follows the array") }
        state = .end
        return false
    }
}
