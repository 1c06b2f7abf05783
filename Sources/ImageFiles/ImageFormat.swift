import Foundation

/// What kind of image file it is, told by its first bytes. Names say only which files of a folder are taken for images.
enum ImageFormat: Equatable {
    case jpeg, png, webp
    /// Netpbm's formats; the digit behind the P.
    case netpbm(UInt8)

    /// Extensions of files that are taken for images, in small letters.
    static let extensions: Set<Substring> = ["png", "jpg", "jpeg", "jpe", "jfif", "webp", "ppm", "pgm", "pbm", "pnm"]

    /// The format that `bytes` begin like.
    ///
    /// - Throws: what the file is instead, where that can be told.
    init(of bytes: [UInt8], path: String) throws(ImageFileError) {
        if bytes.starts(with: PNGCoder.signature) {
            self = .png
        } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if bytes.starts(with: Array("RIFF".utf8)), bytes.dropFirst(8).starts(with: Array("WEBP".utf8)) {
            self = .webp
        } else if bytes.count > 2, bytes[0] == UInt8(ascii: "P"), (0x31...0x36).contains(bytes[1]),
            NetpbmHeader.isBlank(bytes[2]) || bytes[2] == UInt8(ascii: "#")
        {
            self = .netpbm(bytes[1] - 0x30)
        } else {
            throw ImageFileError(path: path, problem: Self.problem(of: bytes))
        }
    }

    private static func problem(of bytes: [UInt8]) -> ImageFileError.Problem {
        guard !bytes.isEmpty else { return .corrupt("empty file") }
        let start = bytes.prefix(8)
        let shown = start.map { String(format: "%02x", $0) }.joined(separator: " ")
        // The signature's line ends are there to show this.
        if start.prefix(6).contains(sequence: "PNG".utf8) {
            let reason = "PNG signature is \(shown), not 89 50 4e 47 0d 0a 1a 0a: its line ends were changed on the way"
            return .corrupt("\(reason); transfer it in binary mode")
        }
        let known = others.first { bytes.dropFirst($0.offset).starts(with: $0.magic) }
        return .unknownFormat(known.map { "\(shown) like \($0.name)" } ?? shown)
    }

    /// What is often met under an image's name.
    private static let others: [(name: String, offset: Int, magic: [UInt8])] =
        [
            ("a GIF", 0, "GIF8"), ("a BMP", 0, "BM"), ("a TIFF", 0, "II*\0"), ("a TIFF", 0, "MM\0*"), ("an AVIF", 4, "ftypavif"),
            ("a HEIC", 4, "ftyphei"), ("a HEIC", 4, "ftypmif1"), ("a JPEG 2000", 4, "jP  "), ("a JPEG XL", 4, "JXL "),
            ("a Photoshop file", 0, "8BPS"), ("a PAM", 0, "P7"), ("a PFM", 0, "PF"), ("a PDF", 0, "%PDF"),
            ("a zip archive", 0, "PK"), ("a pointer of Git LFS", 0, "version https://git-lfs"), ("a web page or XML", 0, "<"),
        ].map { ($0.0, $0.1, Array($0.2.utf8)) }
}

extension Collection where Element: Equatable {
    fileprivate func contains(sequence other: some Collection<Element>) -> Bool {
        indices.contains { self[$0...].starts(with: other) }
    }
}
