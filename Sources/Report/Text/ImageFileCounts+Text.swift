import Records

extension ImageFileCounts {
    /// `44 of 47 files used (2 animations by their first picture); passed over: 2 .txt, 1 hidden; unreadable, left out: 1 (...)`.
    package var text: String {
        var parts = ["\(used) of \(seen) \(seen == 1 ? "file" : "files") used"]
        if firstFrames > 0 {
            parts[0] += " (\(firstFrames) of them \(firstFrames == 1 ? "an animation" : "animations"): first picture)"
        }
        if !passedOver.isEmpty { parts.append("passed over: \(passedOverText)") }
        if unreadable > 0 {
            let names = unreadableFiles.prefix(Self.namesShown).joined(separator: ", ")
            let more = unreadable > Self.namesShown ? ", ..." : ""
            parts.append("unreadable, left out: \(unreadable) (\(names)\(more))")
        }
        return parts.joined(separator: "; ")
    }

    private static let kindsShown = 6
    private static let namesShown = 3

    /// The most frequent kinds first.
    private var passedOverText: String {
        let kinds = passedOver.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let shown = kinds.prefix(Self.kindsShown).map { "\($0.value) \($0.key)" }
        let rest = kinds.dropFirst(Self.kindsShown).reduce(0) { $0 + $1.value }
        return (shown + (rest > 0 ? ["\(rest) of \(kinds.count - Self.kindsShown) other kinds"] : [])).joined(separator: ", ")
    }
}
