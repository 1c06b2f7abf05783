/// How a tensor's elements fall into groups of consecutive ones that share a scale; the last group may be shorter.
package struct GroupGeometry: Sendable, Equatable {
    package let count: Int
    /// Elements of every group but the last, at least 1.
    package let groupSize: Int

    /// `groupSize` 0 makes the whole tensor one group.
    package init(count: Int, groupSize: Int) {
        precondition(count >= 0 && groupSize >= 0, "negative extent")
        self.count = count
        self.groupSize = max(1, groupSize == 0 ? count : min(groupSize, count))
    }

    package var groupCount: Int { (count + groupSize - 1) / groupSize }

    /// The elements of group `index`.
    package func range(_ index: Int) -> Range<Int> { (index * groupSize)..<min((index + 1) * groupSize, count) }
}

/// A tensor cut into pieces of fixed size for threads: runs of whole groups, or parts of one large group.
///
/// The cut depends on the geometry alone, so sums over pieces in piece order do not depend on threads.
struct GroupPieces {
    /// Elements a piece aims at.
    static let targetSize = 1 << 14

    let geometry: GroupGeometry
    private let piecesPerGroup: Int
    private let groupsPerPiece: Int

    init(_ geometry: GroupGeometry) {
        self.geometry = geometry
        piecesPerGroup = max(1, (geometry.groupSize + Self.targetSize - 1) / Self.targetSize)
        groupsPerPiece = max(1, Self.targetSize / geometry.groupSize)
    }

    var count: Int {
        if piecesPerGroup == 1 { return (geometry.groupCount + groupsPerPiece - 1) / groupsPerPiece }
        return geometry.groupCount * piecesPerGroup
    }

    /// The groups of piece `index`, and its elements: all of theirs, or a part, maybe empty, of one group's.
    func piece(_ index: Int) -> (groups: Range<Int>, elements: Range<Int>) {
        if piecesPerGroup == 1 {
            let first = index * groupsPerPiece
            let groups = first..<min(first + groupsPerPiece, geometry.groupCount)
            return (groups, geometry.range(first).lowerBound..<geometry.range(groups.upperBound - 1).upperBound)
        }
        let group = index / piecesPerGroup
        let elements = geometry.range(group)
        let lower = min(elements.lowerBound + index % piecesPerGroup * Self.targetSize, elements.upperBound)
        return (group..<(group + 1), lower..<min(lower + Self.targetSize, elements.upperBound))
    }
}
