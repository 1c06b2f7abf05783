#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

// Large arrays lie on 2 MB pages where the system has them: a pass over a model's parameters otherwise spends its time on page
// faults and address translation.

private let hugePageBytes = 2 << 20

/// Where memory of so many bytes should start: a whole huge page, or a cache line for less than one.
func memoryAlignment(bytes: Int) -> Int { bytes >= hugePageBytes ? hugePageBytes : 64 }

/// Asks for huge pages under fresh memory that `memoryAlignment` placed, before it is first written. A refusal costs speed alone.
func adviseHugePages(_ memory: UnsafeMutableRawPointer, bytes: Int) {
    #if os(Linux)
    if bytes >= hugePageBytes { _ = madvise(memory, bytes & ~(hugePageBytes - 1), Int32(MADV_HUGEPAGE)) }
    #endif
}
