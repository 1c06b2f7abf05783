/// CRC-32C (Castagnoli) as TFRecord files store it: rotated and offset, so that a checksum of data with checksums stays sound.
enum MaskedChecksum {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
    }

    static func crc32c(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0) { value, byte in table[Int((value ^ UInt32(byte)) & 255)] ^ value >> 8 }
    }

    /// TensorFlow, `core/lib/hash/crc32c.h`: `((crc >> 15) | (crc << 17)) + 0xa282ead8`.
    static func masked(_ bytes: [UInt8]) -> UInt32 {
        let crc = crc32c(bytes)
        return (crc >> 15 | crc << 17) &+ 0xA282_EAD8
    }
}
