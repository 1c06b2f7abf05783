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

    /// Calls `body` with each scope, or part of one, in piece `index`, ascending. A part may be empty.
    func forEachPart(of index: Int, _ body: (_ scope: Int, _ elements: Range<Int>) -> Void) {
        if piecesPerScope == 1 {
            let first = index * scopesPerPiece
            for scope in first..<min(first + scopesPerPiece, geometry.scopeCount) { body(scope, geometry.range(scope)) }
            return
        }
        let scope = index / piecesPerScope
        let elements = geometry.range(scope)
        let lower = min(elements.lowerBound + index % piecesPerScope * Self.targetSize, elements.upperBound)
        body(scope, lower..<min(lower + Self.targetSize, elements.upperBound))
    }

    /// The scope that a piece lies in or starts with.
    func firstScope(of index: Int) -> Int { piecesPerScope == 1 ? index * scopesPerPiece : index / piecesPerScope }
}
