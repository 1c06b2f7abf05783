import Records
import Report
import Testing

@Suite struct EventRecordTests {
    /// `tensorboard.compat.proto.event_pb2` and `tensorboard.summary.writer.record_writer` write these bytes for
    /// `Event(wall_time=1.5, file_version="brain.Event:2")`.
    @Test func headerEqualsTensorBoards() {
        #expect(hexadecimal(EventRecord.fileHeader(wallTime: 1.5)) == expectedHeader)
    }

    /// The same for `Event(wall_time=2.5, step=300, summary=Summary(value=[Value(tag="loss", simple_value=0.25)]))`.
    @Test func scalarEqualsTensorBoards() {
        #expect(hexadecimal(EventRecord.scalar(0.25, tag: "loss", step: 300, wallTime: 2.5)) == expectedScalar)
    }

    /// The same for an image value: tag "samples", height 2, width 3, colorspace 3, encoded_image_string b"\x01\x02\xff".
    @Test func imageEqualsTensorBoards() {
        let record = EventRecord.image(png: [1, 2, 255], width: 3, height: 2, tag: "samples", step: 4, wallTime: 2.5)
        #expect(hexadecimal(record) == expectedImage)
    }

    @Test func valuesThatAreMissingOrNotFiniteAreLeftOut() {
        var row = RoundRecord(round: 1)
        let without = RoundEvents.records(row, wallTime: 0)
        row.loss = .nan
        #expect(RoundEvents.records(row, wallTime: 0) == without)
        row.loss = 0.5
        let added = RoundEvents.records(row, wallTime: 0)
        #expect(added == EventRecord.scalar(0.5, tag: "loss/training", step: 1, wallTime: 0) + without)
    }

    private func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

private let expectedHeader = """
    1800000000000000a37f4b2209000000000000f83f1a0d627261696e2e4576656e743a322a28646c
    """
private let expectedScalar = """
    1b000000000000001a0d9e1309000000000000044010ac022a0d0a0b0a046c6f7373150000803e205d3896
    """
private let expectedImage = """
    2500000000000000eabc36f309000000000000044010042a180a160a0773616d706c6573220b08021003180322030102ff0f\
    315bc7
    """
