/// An event file taken apart, to go on with it. What a crash tore off at its end is left out.
package struct EventFile {
    /// One event, with the frame that it is stored in.
    package struct Event {
        package let bytes: ArraySlice<UInt8>
        package let step: Int
        package let isImage: Bool
    }

    /// The record that the file starts with.
    package private(set) var header: ArraySlice<UInt8> = []
    /// What follows it, in its order.
    package private(set) var events: [Event] = []

    /// Bytes of a frame before its data, the length and its checksum, and after them.
    private static let (prefixBytes, suffixBytes) = (12, 4)

    /// Reads as far as whole frames go; `bytes` that are no event file have no events.
    package init(parsing bytes: [UInt8]) {
        var rest = bytes[...]
        while rest.count >= Self.prefixBytes {
            let length = rest.prefix(8)
            let checksum = littleEndian(MaskedChecksum.masked(Array(length)))
            guard rest.dropFirst(8).prefix(4).elementsEqual(checksum),
                let count = Int(exactly: length.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }),
                count <= rest.count - Self.prefixBytes - Self.suffixBytes
            else { return }
            let frame = rest.prefix(Self.prefixBytes + count + Self.suffixBytes)
            rest = rest.dropFirst(frame.count)
            let message = ProtobufReader(frame.dropFirst(Self.prefixBytes).prefix(count))
            guard let value = message.bytes(field: 5).flatMap({ ProtobufReader($0).bytes(field: 1) }) else {
                if header.isEmpty { header = frame }
                continue
            }
            let step = Int(truncatingIfNeeded: message.varint(field: 2) ?? 0)
            events.append(Event(bytes: frame, step: step, isImage: ProtobufReader(value).bytes(field: 4) != nil))
        }
    }
}

/// The few parts of the protocol-buffer encoding that an event has, read.
private struct ProtobufReader {
    private var varints: [UInt64: UInt64] = [:]
    private var contents: [UInt64: ArraySlice<UInt8>] = [:]

    /// Reads as far as `message` is one.
    init(_ message: ArraySlice<UInt8>) {
        var rest = message
        while let key = Self.takeVarint(&rest) {
            switch key & 7 {
            case 0: varints[key >> 3] = Self.takeVarint(&rest)
            case 1: rest = rest.dropFirst(8)
            case 2:
                guard let count = Self.takeVarint(&rest).flatMap({ Int(exactly: $0) }), count <= rest.count else { return }
                contents[key >> 3] = rest.prefix(count)
                rest = rest.dropFirst(count)
            case 5: rest = rest.dropFirst(4)
            default: return
            }
        }
    }

    func varint(field: UInt64) -> UInt64? { varints[field] }
    func bytes(field: UInt64) -> ArraySlice<UInt8>? { contents[field] }

    private static func takeVarint(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = rest.popFirst() else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
        }
        return nil
    }
}
