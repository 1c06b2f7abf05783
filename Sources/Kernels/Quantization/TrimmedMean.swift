/// `means[i] = base[i] + ` the mean of `values[0][i], values[1][i], ...` without the `trim` smallest and the `trim` largest of them;
/// `base` nil counts as zero.
///
/// Sorted by value, summed from zero in ascending order in Double and rounded once: any order of rows (also of zeros of both signs) and any
/// number of threads give the same bits.
///
/// - Parameters:
///   - values: `rows` rows of `count` floats, none of them NaN.
///   - trim: `2 * trim < rows` (precondition).
///   - means: `count` elements, overwritten; may be `base`.
package func trimmedMean(
    _ values: UnsafePointer<Float>, rows: Int, count: Int, trim: Int, base: UnsafePointer<Float>?,
    into means: UnsafeMutablePointer<Float>, threads: Int
) {
    precondition(trim >= 0 && 2 * trim < rows, "\(trim) of \(rows) values trimmed on both sides")
    CodingBlocks.forEach(of: count, threads: threads) { elements in
        withUnsafeTemporaryAllocation(of: Float.self, capacity: rows) { buffer in
            var column = buffer
            // SAFETY: blocks lie in 0..<count, rows in 0..<rows.
            for index in elements {
                for row in 0..<rows { column.initializeElement(at: row, to: values[row * count + index]) }
                column.sort()
                let kept = column[trim..<(rows - trim)]
                let mean = kept.reduce(0.0) { $0 + Double($1) } / Double(kept.count)
                means[index] = Float(base.map { Double($0[index]) + mean } ?? mean)
            }
        }
    }
}
