import CKernels

/// Calls `body` once for every index in `0..<count`, on at most `threads` threads.
///
/// The work is cut into `count` pieces by the caller, so results do not depend on `threads`. The pieces must write to
/// disjoint memory.
package func parallelFor(count: Int, threads: Int, _ body: (Int) -> Void) {
    withoutActuallyEscaping(body) { body in
        var body = body
        // SAFETY: `gd_parallel_for` returns after the last call, so the closure outlives every use of its address.
        withUnsafeMutablePointer(to: &body) { context in
            gd_parallel_for(
                Int64(count), Int32(clamping: threads),
                { index, context in
                    context!.assumingMemoryBound(to: ((Int) -> Void).self).pointee(Int(index))
                }, context)
        }
    }
}
