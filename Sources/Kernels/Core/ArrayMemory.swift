#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Zeroed memory for arrays.
///
/// Large arrays get pages of their own, which go back to the system as soon as they are let go, on 2 MB pages where it has them: a
/// pass over a model's parameters otherwise spends its time on page faults and address translation.
enum ArrayMemory {
    private static let hugePage = 2 << 20

    /// `bytes` zero bytes from a multiple of 64 on. Stops where the system has no memory left, as Swift's own allocations do.
    static func allocate(bytes: Int) -> UnsafeMutableRawPointer {
        guard bytes >= hugePage else {
            let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
            memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
            return memory
        }
        // One huge page more than needed, so that the array can start at one; what is left over at both ends goes back.
        let length = mappedLength(bytes)
        let mapped = mmap(nil, length + hugePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)
        guard let mapped, mapped != MAP_FAILED else { fatalError("the system has no memory for an array of \(bytes) bytes") }
        let lead = (hugePage - Int(bitPattern: mapped) % hugePage) % hugePage
        if lead > 0 { munmap(mapped, lead) }
        if lead < hugePage { munmap(mapped + lead + length, hugePage - lead) }
        #if os(Linux)
        // A refusal costs speed alone. The end of the array that fills no huge page keeps small ones.
        _ = madvise(mapped + lead, bytes / hugePage * hugePage, Int32(MADV_HUGEPAGE))
        #endif
        return mapped + lead
    }

    /// Gives back what `allocate` gave for as many bytes.
    static func deallocate(_ memory: UnsafeMutableRawPointer, bytes: Int) {
        if bytes >= hugePage { munmap(memory, mappedLength(bytes)) } else { memory.deallocate() }
    }

    private static func mappedLength(_ bytes: Int) -> Int {
        let page = Int(getpagesize())
        return (bytes + page - 1) / page * page
    }
}
