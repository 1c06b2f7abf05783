extension String {
    /// The text as messages show it: the start of a long one, which may be as long as the file that it came from.
    package var excerpt: String {
        guard utf8.count > Self.longestShown else { return self }
        return prefix(Self.longestShown / 2) + "..."
    }

    /// Bytes of the longest text that is shown whole.
    private static let longestShown = 120
}
