/// `sum (values[i] - base[i])^2` over `count` floats, in Double; `base` nil counts as zero.
///
/// Each block is summed in eight lanes, element i in lane `i % 8`, then its lanes and then the blocks in order: any number of threads gives
/// the same bits.
package func squaredDistance(
    _ values: UnsafePointer<Float>, from base: UnsafePointer<Float>?, count: Int, threads: Int
) -> Double {
    parallelMap(blocks: CodingBlocks.count(count), threads: threads) { block in
        squares(values, base, CodingBlocks.elements(block, of: count))
    }.reduce(0, +)
}

private func squares(_ values: UnsafePointer<Float>, _ base: UnsafePointer<Float>?, _ elements: Range<Int>) -> Double {
    var low = SIMD4<Double>()
    var high = SIMD4<Double>()
    @inline(__always) func four(_ pointer: UnsafePointer<Float>, _ index: Int) -> SIMD4<Double> {
        SIMD4<Double>(UnsafeRawPointer(pointer + index).loadUnaligned(as: SIMD4<Float>.self))
    }
    let whole = elements.lowerBound + elements.count & ~7
    // SAFETY: blocks lie in 0..<count.
    for index in stride(from: elements.lowerBound, to: whole, by: 8) {
        var (first, second) = (four(values, index), four(values, index + 4))
        if let base {
            first -= four(base, index)
            second -= four(base, index + 4)
        }
        low += first * first
        high += second * second
    }
    for index in whole..<elements.upperBound {
        let difference = Double(values[index]) - (base.map { Double($0[index]) } ?? 0)
        let lane = index - whole
        if lane < 4 { low[lane] += difference * difference } else { high[lane - 4] += difference * difference }
    }
    return (0..<8).reduce(0.0) { $0 + ($1 < 4 ? low[$1] : high[$1 - 4]) }
}
