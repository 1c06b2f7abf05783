import CKernels

/// The user-mode CPU cycles of some threads, and of all threads that they start after the counter was opened, by the hardware's counter.
package final class CycleCounter {
    private let counters: [Int32]

    /// - Parameter threads: ids of threads of this process.
    /// - Throws: where the machine has no such counter or its use is not allowed.
    package init(threads: [Int]) throws(CycleCounterError) {
        var opened: [Int32] = []
        for thread in threads {
            let counter = gd_cycles_open(Int32(clamping: thread))
            guard counter >= 0 else {
                opened.forEach(gd_cycles_close)
                throw CycleCounterError(code: -counter)
            }
            opened.append(counter)
        }
        counters = opened
    }

    deinit { counters.forEach(gd_cycles_close) }

    /// Cycles since the counter was opened, all threads together.
    package func read() throws(CycleCounterError) -> UInt64 {
        var sum: UInt64 = 0
        for counter in counters {
            var cycles: UInt64 = 0
            let status = gd_cycles_read(counter, &cycles)
            guard status == 0 else { throw CycleCounterError(code: -status) }
            sum &+= cycles
        }
        return sum
    }
}

/// Why cycles cannot be counted.
package struct CycleCounterError: Error, Equatable {
    /// The system's error number.
    package let code: Int32

    package init(code: Int32) { self.code = code }
}
