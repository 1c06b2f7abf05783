import Dispatch

/// Calls `body` with the consecutive ranges of `chunk` elements that make up `0..<count`, from at most `threads` threads.
func forEachRange(of count: Int, chunk: Int, threads: Int, _ body: @Sendable (Range<Int>) -> Void) {
    let chunks = (count + chunk - 1) / chunk
    let workers = min(threads, chunks)
    guard workers > 1 else {
        for number in 0..<chunks { body(number * chunk..<min(count, (number + 1) * chunk)) }
        return
    }
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
        for number in stride(from: worker, to: chunks, by: workers) { body(number * chunk..<min(count, (number + 1) * chunk)) }
    }
}

/// `body` of `0..<count`, in order, computed on at most `threads` threads.
func parallelMap<Element: Sendable>(_ count: Int, threads: Int, _ body: @Sendable (Int) -> Element) -> [Element] {
    [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
        // SAFETY: each range writes its own elements of `buffer`, which outlives the loop; all of them are written.
        nonisolated(unsafe) let target = buffer
        forEachRange(of: count, chunk: 1024, threads: threads) { range in
            for index in range { target.initializeElement(at: index, to: body(index)) }
        }
        initialized = count
    }
}
