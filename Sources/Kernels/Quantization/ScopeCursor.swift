/// Walks a tensor eight elements at a time and gives each element the scale of its scope.
struct ScopeCursor {
    private let scales: UnsafePointer<ScopeScale>
    private let geometry: ScopeGeometry
    private var scope: Int
    private var end: Int
    private var offset: SIMD8<Float>
    private var step: SIMD8<Float>

    /// Starts at `element`, which lies in the tensor. `scales` has one scale for each scope.
    @inline(__always)
    init(_ scales: UnsafePointer<ScopeScale>, geometry: ScopeGeometry, at element: Int) {
        (self.scales, self.geometry) = (scales, geometry)
        scope = element / geometry.scopeSize
        end = geometry.range(scope).upperBound
        offset = SIMD8(repeating: scales[scope].offset)
        step = SIMD8(repeating: scales[scope].step)
    }

    /// Offsets and steps of the elements `first ..< first + 8`. `first` never falls; past the tensor's end the last scope's
    /// scale continues.
    @inline(__always)
    mutating func next(_ first: Int) -> (offset: SIMD8<Float>, step: SIMD8<Float>) {
        if first + 8 <= end { return (offset, step) }
        return crossing(first)
    }

    @inline(never)
    private mutating func crossing(_ first: Int) -> (offset: SIMD8<Float>, step: SIMD8<Float>) {
        var offsets = offset
        var steps = step
        for lane in 0..<8 {
            if first + lane >= end { enterScope(of: first + lane) }
            offsets[lane] = offset[0]
            steps[lane] = step[0]
        }
        return (offsets, steps)
    }

    private mutating func enterScope(of element: Int) {
        // SAFETY: `scope` stays below the number of scales.
        guard element < geometry.count else { return }
        scope += 1
        end = geometry.range(scope).upperBound
        offset = SIMD8(repeating: scales[scope].offset)
        step = SIMD8(repeating: scales[scope].step)
    }
}
