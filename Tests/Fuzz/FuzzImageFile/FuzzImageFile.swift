import ImageFiles

/// Any bytes as an image file: refused with a typed error, or a picture within the limits. Few pixels are allowed, or the fuzzer would spend
/// its time on empty pictures.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzImageFile(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    do throws(ImageFileError) {
        let image = try ImageFile.decode(bytes, path: "input", limit: 1 << 16)
        precondition((1...ImageLimits.side).contains(image.width) && (1...ImageLimits.side).contains(image.height))
        precondition(image.width * image.height <= 1 << 16 && image.pixels.count == image.width * image.height * 3)
    } catch {
        precondition(!error.description.isEmpty)
    }
    return 0
}
