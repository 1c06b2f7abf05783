import Codec
import Kernels

/// Any bytes: refused with a typed error, or a frame that decodes and adds to finite values, and whose carried section is written again as
/// it was read. The checksum is made to fit, or nothing would get past it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzFrameDecoder(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    var bytes = Array(UnsafeBufferPointer(start: start, count: count))
    if bytes.count >= FrameFormat.headerBytes + FrameFormat.checksumBytes {
        write(UInt64(bytes.count), at: FrameFormat.frameLengthOffset, of: &bytes)
        write(FrameFormat.checksum(of: bytes), at: bytes.count - FrameFormat.checksumBytes, of: &bytes)
    }
    let limits = FrameLimits(frameBytes: 1 << 20, tensors: 64, parameters: 1 << 18)
    guard let frame = try? UpdateFrame(bytes, limits: limits) else { return 0 }
    checkCarried(frame.header.carried, in: bytes)
    let values = Tensor(shape: [frame.header.parameterCount])
    frame.decode(into: values)
    for index in 0..<values.count { precondition(values[index].isFinite, "element \(index) is \(values[index])") }
    guard frame.header.parameterCount > 0 else { return 0 }
    let layout = frame.header.layout
    var sum = FixedPointAccumulator(
        global: values, layout: layout, payload: frame.header.binding.payload, weightLimit: 4)
    if (try? sum.add(frame, weight: 3)) != nil { sum.mean(global: values, into: values) }
    return 0
}

/// The section ends where the checksum begins.
private func checkCarried(_ section: CarriedSection, in bytes: [UInt8]) {
    let written = section.bytes
    precondition(written.count == section.byteCount, "\(written.count) bytes, not \(section.byteCount)")
    precondition(bytes.dropLast(FrameFormat.checksumBytes).suffix(written.count).elementsEqual(written), "not what was read")
    var names: Set<[UInt8]> = []
    for tensor in section.tensors {
        precondition(tensor.type.size(of: tensor.shape)?.bytes == tensor.bytes.count, "\(tensor.name) has other bytes")
        precondition(names.insert(Array(tensor.name.utf8)).inserted, "\(tensor.name) is there twice")
    }
}

private func write(_ value: UInt64, at offset: Int, of bytes: inout [UInt8]) {
    withUnsafeBytes(of: value.littleEndian) { bytes.replaceSubrange(offset..<(offset + 8), with: $0) }
}
