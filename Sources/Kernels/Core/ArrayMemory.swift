#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Zeroed memory for arrays.
///
/// Large arrays get pages of their own, which go back to the system as soon as they are let go; the allocator would keep them. Those of
/// 2 MB and more lie on 2 MB pages where it has them: a pass over a model's parameters otherwise spends its time on page faults and
/// address translation.
enum ArrayMemory {
    /// Arrays of so many bytes get their own pages.
    private static let ownPages = 64 << 10
    private static let hugePage = 2 << 20

    /// `bytes` zero bytes from a multiple of 64 on. Ends the program where the system has no memory left.
    static func allocate(bytes: Int) -> UnsafeMutableRawPointer {
        guard bytes >= ownPages else {
            // SAFETY: `bytes` bytes, all of which are initialised before they leave; `deallocate` gives them back.
            guard let memory = aligned_alloc(64, (bytes + 63) & ~63) else { OutOfMemory.stop(bytes: bytes) }
            memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
            return memory
        }
        // Maps more than needed, so that a large array can start at a huge page; the rest at both ends goes back.
        let (length, alignment) = (mappedLength(bytes), bytes >= hugePage ? hugePage : Int(getpagesize()))
        let mapped = mmap(nil, length + alignment, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)
        guard let mapped, mapped != MAP_FAILED else { OutOfMemory.stop(bytes: bytes) }
        // SAFETY: `lead + length` is at most the mapped length: what is given back and what stays lie inside it.
        let lead = (alignment - Int(bitPattern: mapped) % alignment) % alignment
        if lead > 0 { munmap(mapped, lead) }
        munmap(mapped + lead + length, alignment - lead)
        #if os(Linux)
        // A refusal costs speed alone. The end of the array that fills no huge page keeps small ones.
        if bytes >= hugePage { _ = madvise(mapped + lead, bytes / hugePage * hugePage, Int32(MADV_HUGEPAGE)) }
        #endif
        return mapped + lead
    }

    /// Gives back what `allocate` gave for as many bytes.
    static func deallocate(_ memory: UnsafeMutableRawPointer, bytes: Int) {
        if bytes >= ownPages { munmap(memory, mappedLength(bytes)) } else { free(memory) }
    }

    private static func mappedLength(_ bytes: Int) -> Int {
        let page = Int(getpagesize())
        return (bytes + page - 1) / page * page
    }
}
