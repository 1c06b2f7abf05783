/// Why an image file was refused or could not be written; the description names the file, the value and the way out.
package struct ImageFileError: Error, Equatable, CustomStringConvertible, Sendable {
    package enum Problem: Equatable, Sendable {
        /// The operating system's reason.
        case unreadable(String)
        /// The operating system's or encoder's reason.
        case unwritable(String)
        /// None of the formats that are read; the first bytes, and what they look like.
        case unknownFormat(String)
        /// Ended early or is not what its header says.
        case corrupt(String)
        /// A form of the format that this reader does not take.
        case unsupported(String)
        case tooLarge(width: Int, height: Int)
    }

    /// The file, or a name for bytes that came from elsewhere.
    package let path: String
    package let problem: Problem

    package init(path: String, problem: Problem) { (self.path, self.problem) = (path, problem) }

    package var description: String { "\(path): \(explanation); \(remedy)" }

    /// What is wrong, with the value.
    package var explanation: String {
        switch problem {
        case .unreadable(let reason): "cannot be read (\(reason))"
        case .unwritable(let reason): "cannot be written (\(reason))"
        case .unknownFormat(let start): "starts with \(start): not a JPEG, PNG, WebP, PPM, PGM or PBM image"
        case .corrupt(let reason): "damaged image (\(reason))"
        case .unsupported(let reason): reason
        case .tooLarge(let width, let height):
            "\(width)x\(height) pixels is outside 1...\(ImageLimits.side) a side or over \(ImageLimits.pixels) in all"
        }
    }

    /// The way out.
    package var remedy: String {
        switch problem {
        case .unreadable: "check the path and its permissions"
        case .unwritable: "check the folder, its permissions and free space"
        case .unknownFormat: "convert it to PNG"
        case .corrupt: "copy or download the file again, or remove it"
        case .unsupported: "convert it to PNG"
        case .tooLarge: "scale it down first"
        }
    }
}

/// What a reader allocates at most, checked against the header before any allocation.
package enum ImageLimits {
    package static let side = 32_768
    package static let pixels = 1 << 26
    /// Eight bytes a pixel: 16-bit RGBA that does not compress.
    static let fileBytes = 8 * pixels

    static func check(width: Int, height: Int, limit: Int, path: String) throws(ImageFileError) {
        guard (1...side).contains(width), (1...side).contains(height), width * height <= limit else {
            throw ImageFileError(path: path, problem: .tooLarge(width: width, height: height))
        }
    }
}
