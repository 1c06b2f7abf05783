/// One record of a TensorBoard event file (`events.out.tfevents.*`): an `Event` message in a TFRecord frame.
///
/// Fields after TensorFlow's `event.proto` and `summary.proto`. A file is its header record followed by others; appending
/// records is all that writing it takes.
package enum EventRecord {
    /// The record that every file starts with.
    package static func fileHeader(wallTime: Double) -> [UInt8] {
        var event = ProtobufWriter()
        event.write(wallTime, field: 1)
        event.write("brain.Event:2", field: 3)
        return frame(event.bytes)
    }

    /// One point of the curve `tag`.
    package static func scalar(_ value: Float, tag: String, step: Int, wallTime: Double) -> [UInt8] {
        var content = ProtobufWriter()
        content.write(tag, field: 1)
        content.write(value, field: 2)
        return summary(content, step: step, wallTime: wallTime)
    }

    /// One picture; `png` is a whole PNG file of `width` x `height` RGB pixels.
    package static func image(png: [UInt8], width: Int, height: Int, tag: String, step: Int, wallTime: Double) -> [UInt8] {
        var picture = ProtobufWriter()
        picture.write(Int64(height), field: 1)
        picture.write(Int64(width), field: 2)
        picture.write(Int64(3), field: 3)
        picture.write(png, field: 4)
        var content = ProtobufWriter()
        content.write(tag, field: 1)
        content.write(picture.bytes, field: 4)
        return summary(content, step: step, wallTime: wallTime)
    }

    /// `Event { wall_time, step, summary { value } }`.
    private static func summary(_ value: ProtobufWriter, step: Int, wallTime: Double) -> [UInt8] {
        var summary = ProtobufWriter()
        summary.write(value.bytes, field: 1)
        var event = ProtobufWriter()
        event.write(wallTime, field: 1)
        event.write(Int64(step), field: 2)
        event.write(summary.bytes, field: 5)
        return frame(event.bytes)
    }

    /// TFRecord: length, its checksum, data, their checksum, all little-endian.
    private static func frame(_ data: [UInt8]) -> [UInt8] {
        let length = littleEndian(UInt64(data.count))
        return length + littleEndian(MaskedChecksum.masked(length)) + data + littleEndian(MaskedChecksum.masked(data))
    }
}
