/// A tensor cut into pieces of fixed size for threads: runs of whole scopes, or parts of one large scope.
///
/// The cut depends on the geometry alone, so sums over pieces in piece order do not depend on threads.
struct ScopePieces {
    /// Elements a piece aims at.
    static let targetSize = 1 << 14

    let geometry: ScopeGeometry
    private let piecesPerScope: Int
    private let scopesPerPiece: Int

    init(_ geometry: ScopeGeometry) {
        self.geometry = geometry
        piecesPerScope = max(1, (geometry.scopeSize + Self.targetSize - 1) / Self.targetSize)
        scopesPerPiece = max(1, Self.targetSize / geometry.scopeSize)
    }

    var count: Int {
        if piecesPerScope == 1 { return (geometry.scopeCount + scopesPerPiece - 1) / scopesPerPiece }
        return geometry.scopeCount * piecesPerScope
    }

    /// The scopes of piece `index`, and its elements: all of theirs, or a part, maybe empty, of one scope's.
    func piece(_ index: Int) -> (scopes: Range<Int>, elements: Range<Int>) {
        if piecesPerScope == 1 {
            let first = index * scopesPerPiece
            let scopes = first..<min(first + scopesPerPiece, geometry.scopeCount)
            return (scopes, geometry.range(first).lowerBound..<geometry.range(scopes.upperBound - 1).upperBound)
        }
        let scope = index / piecesPerScope
        let elements = geometry.range(scope)
        let lower = min(elements.lowerBound + index % piecesPerScope * Self.targetSize, elements.upperBound)
        return (scope..<(scope + 1), lower..<min(lower + Self.targetSize, elements.upperBound))
    }
}
