/// What became of the files of a data set: `images` in `summary.json`. `seen` is the sum of the others, first frames apart.
public struct ImageFileCounts: Codable, Sendable, Equatable {
    /// Files that were met; folders do not count, whatever else has a name does.
    public var seen = 0
    /// Files that the images come from.
    public var used = 0
    /// Of the used files, animations: their first picture is the image.
    public var firstFrames = 0
    /// Images that could not be read and were left out, as the run asked for.
    public var unreadable = 0
    /// Which of those: the first few, each with the reason.
    public var unreadableFiles: [String] = []
    /// Files that are no images, by kind: an extension such as `.txt`, or a word such as `hidden` or `pipe`.
    public var passedOver: [String: Int] = [:]

    /// No files.
    public init() {}

    /// Most kinds that are told apart.
    private static let kindLimit = 100

    /// Counts files that are no images.
    package mutating func passOver(_ kind: String, count: Int = 1) {
        guard count > 0 else { return }
        seen += count
        passedOver[passedOver.count < Self.kindLimit ? kind : passedOver.keys.contains(kind) ? kind : "other", default: 0] +=
            count
    }

    enum CodingKeys: String, CodingKey {
        case seen, used, unreadable
        case firstFrames = "first_frames"
        case unreadableFiles = "unreadable_files"
        case passedOver = "passed_over"
    }
}
