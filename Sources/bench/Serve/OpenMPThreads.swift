import Foundation
import Kernels

/// The OpenMP run time's threads, which otherwise spin for 200 ms after a parallel loop in case another follows.
enum OpenMPThreads {
    private typealias SetBlockTime = @convention(c) (_ milliseconds: CInt) -> Void
    private typealias BlockTime = @convention(c) () -> CInt

    /// Sends the `count` threads of the last loops to sleep, so that they take nothing from a process that is timed next.
    ///
    /// Uses extensions of LLVM's run time, found by name because its header belongs to another compiler
    /// (docs/adr/0002-unsafe-flags.md); without them the threads keep their own time.
    static func sleep(_ count: Int) {
        guard count > 1, let set = dlsym(nil, "kmp_set_blocktime"), let get = dlsym(nil, "kmp_get_blocktime") else { return }
        // SAFETY: both are C functions of these types in every version of LLVM's run time that has them.
        let setBlockTime = unsafeBitCast(set, to: SetBlockTime.self)
        let blockTime = unsafeBitCast(get, to: BlockTime.self)()
        setBlockTime(0)
        // Threads take over the time with the loop that they wait after.
        parallelFor(count: count, threads: count) { _ in }
        setBlockTime(blockTime)
    }
}
