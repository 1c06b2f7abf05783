import CZlib
import Evaluation
import Foundation
import ImageFiles
import ImageQuality

/// Any bytes as NumPy's file: refused with a typed error, or images and statistics of the extents that it states. An input that begins
/// with `a` is an archive; the rest of any other is an array, packed with the right checksum, or nothing would get past it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzNumPyFile(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 0 else { return 0 }
    let bytes = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
    let archive = start[0] == UInt8(ascii: "a") ? bytes : archive(of: bytes)
    guard ftruncate(file, 0) == 0, pwrite(file, archive, archive.count, 0) == archive.count else { fatalError("no room") }
    do {
        let path = "/proc/self/fd/\(file)"
        switch try OpenedSource(.numpy(path), role: "samples", size: .square(32), count: nil, seed: 0) {
        case .images(let images):
            for index in 0..<min(images.count, 4) {
                let image = try images.image(at: index)
                precondition(image.pixels.count == image.width * image.height * 3)
            }
        case .moments(let moments): precondition(moments.covariance.count == moments.mean.count * moments.mean.count)
        case .features: fatalError("features from NumPy's file")
        }
    } catch {
        precondition("\(error)".utf8.count < 4096)
    }
    return 0
}

/// A file without a name that holds one input after another.
private let file: Int32 = tmpfile().map { fileno($0) } ?? -1

/// A zip archive with `arr_0.npy`, stored.
private func archive(of array: [UInt8]) -> [UInt8] {
    func little(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.littleEndian, Array.init) }
    let name = Array("arr_0.npy".utf8)
    let checksum = array.withUnsafeBufferPointer { UInt32(crc32(0, $0.baseAddress, UInt32($0.count))) }
    let common =
        little(UInt16(20)) + little(UInt16(0)) + little(UInt16(0)) + little(UInt32(0)) + little(checksum)
        + little(UInt32(array.count)) + little(UInt32(array.count)) + little(UInt16(name.count)) + little(UInt16(0))
    let member = little(UInt32(0x0403_4B50)) + common + name + array
    let entry =
        little(UInt32(0x0201_4B50)) + little(UInt16(20)) + common + little(UInt16(0)) + little(UInt16(0)) + little(UInt16(0))
        + little(UInt32(0)) + little(UInt32(0)) + name
    return member + entry + little(UInt32(0x0605_4B50)) + little(UInt16(0)) + little(UInt16(0)) + little(UInt16(1))
        + little(UInt16(1)) + little(UInt32(entry.count)) + little(UInt32(member.count)) + little(UInt16(0))
}
