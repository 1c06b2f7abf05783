import Dispatch

/// Calls `body` with the consecutive ranges of `chunk` elements that make up `0..<count`, from at most `threads` threads.
///
/// The one parallel loop of the planner: `parallelMap` and `parallelFlatMap` are built on it. Ranges do not depend on `threads`.
package func forEachRange(of count: Int, chunk: Int, threads: Int, _ body: @Sendable (Range<Int>) -> Void) {
    let chunks = (count + chunk - 1) / chunk
    let workers = max(1, min(threads, chunks))
    @Sendable func work(_ worker: Int) {
        for number in stride(from: worker, to: chunks, by: workers) { body(number * chunk..<min(count, (number + 1) * chunk)) }
    }
    if workers > 1 { DispatchQueue.concurrentPerform(iterations: workers, execute: work) } else { work(0) }
}

/// `body` of each of `0..<count`, in order, computed on at most `threads` threads.
package func parallelMap<Element: Sendable>(
    _ count: Int, chunk: Int = 1024, threads: Int, _ body: @Sendable (Int) -> Element
) -> [Element] {
    // An empty array would write the count of the one empty storage that all threads share.
    guard count > 0 else { return [] }
    return [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
        // SAFETY: each range writes its own elements of `buffer`, which outlives the loop; all of them are written.
        nonisolated(unsafe) let target = buffer
        forEachRange(of: count, chunk: chunk, threads: threads) { range in
            for index in range { target.initializeElement(at: index, to: body(index)) }
        }
        initialized = count
    }
}

/// What `body` gives for the consecutive ranges of `chunk` elements of `0..<count`, joined in order; on at most `threads` threads.
package func parallelFlatMap<Element: Sendable>(
    _ count: Int, chunk: Int = 1024, threads: Int, _ body: @Sendable (Range<Int>) -> [Element]
) -> [Element] {
    let chunks = (count + chunk - 1) / chunk
    let parts = parallelMap(chunks, chunk: 1, threads: threads) { number in
        body(number * chunk..<min(count, (number + 1) * chunk))
    }
    guard parts.count > 1 else { return parts.first ?? [] }
    // Array by array: without specialization a joined sequence is copied element by element.
    var joined: [Element] = []
    joined.reserveCapacity(parts.reduce(0) { $0 + $1.count })
    for part in parts { joined.append(contentsOf: part) }
    return joined
}
