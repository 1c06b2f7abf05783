import COpenBLAS

/// Products and factorisations by OpenBLAS, each on the thread that asks for it: parallel work is cut into blocks of a fixed size above
/// this level, so results do not depend on how many threads there are.
///
/// Matrices are row-major.
enum LinearAlgebra {
    private static let keepsToCallingThread: Void = openblas_set_num_threads(1)

    /// Overwrites `result` `(m, n)` with `first` `(m, depth)` times the transpose of `second` `(n, depth)`.
    static func product(
        _ first: UnsafePointer<Float>, _ m: Int, _ second: UnsafePointer<Float>, _ n: Int, depth: Int,
        into result: UnsafeMutablePointer<Float>
    ) {
        keepsToCallingThread
        // SAFETY: the caller's matrices have the stated extents.
        cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasTrans, blasint(m), blasint(n), blasint(depth), 1, first, blasint(depth), second,
            blasint(depth), 0, result, blasint(n))
    }

    /// Overwrites the lower triangle of `result` `(m, m)` with that of `matrix` `(m, depth)` times its own transpose.
    static func gram(_ matrix: UnsafePointer<Float>, _ m: Int, depth: Int, into result: UnsafeMutablePointer<Float>) {
        keepsToCallingThread
        // SAFETY: as above.
        cblas_ssyrk(
            CblasRowMajor, CblasLower, CblasNoTrans, blasint(m), blasint(depth), 1, matrix, blasint(depth), 0, result, blasint(m))
    }

    /// As `product`, in Double.
    static func product(_ first: [Double], _ m: Int, _ second: [Double], _ n: Int, depth: Int) -> [Double] {
        keepsToCallingThread
        var result = [Double](repeating: 0, count: m * n)
        // SAFETY: the arrays have at least as many elements as the extents say: a programmer's mistake otherwise.
        precondition(first.count >= m * depth && second.count >= n * depth, "matrices smaller than their extents")
        guard m > 0, n > 0, depth > 0 else { return result }
        cblas_dgemm(
            CblasRowMajor, CblasNoTrans, CblasTrans, blasint(m), blasint(n), blasint(depth), 1, first, blasint(depth), second,
            blasint(depth), 0, &result, blasint(n))
        return result
    }

    /// Adds the transpose of `first` `(rows, m)` times `second` `(rows, n)` to `result` `(m, n)`.
    static func accumulateProduct(
        _ first: [Double], _ m: Int, _ second: [Double], _ n: Int, rows: Int, into result: inout [Double]
    ) {
        keepsToCallingThread
        precondition(first.count >= rows * m && second.count >= rows * n && result.count >= m * n, "matrices too small")
        // SAFETY: as checked above.
        cblas_dgemm(
            CblasRowMajor, CblasTrans, CblasNoTrans, blasint(m), blasint(n), blasint(rows), 1, first, blasint(m), second,
            blasint(n), 1, &result, blasint(n))
    }

    /// Eigenvalues, ascending, of the symmetric matrix `(n, n)`, and an orthonormal eigenvector of each as a row.
    static func symmetricEigen(
        _ matrix: [Double], _ n: Int
    ) throws(EvaluationError) -> (values: [Double], vectors: [Double]) {
        keepsToCallingThread
        var (vectors, values) = (matrix, [Double](repeating: 0, count: n))
        // The least that divide and conquer needs, as LAPACK documents it, and room for its blocks.
        var work = [Double](repeating: 0, count: 1 + 6 * n + 2 * n * n + 64 * n)
        var integers = [Int32](repeating: 0, count: 3 + 5 * n)
        var (extent, leading, info) = (Int32(n), Int32(n), Int32(0))
        var (workCount, integerCount) = (Int32(work.count), Int32(integers.count))
        // SAFETY: every array has the length that the routine is told or, for matrix and eigenvalues, that `n` implies.
        dsyevd_("V", "L", &extent, &vectors, &leading, &values, &work, &workCount, &integers, &integerCount, &info, 1, 1)
        guard info == 0 else { throw .notConverged }
        return (values, vectors)
    }

    /// The singular values of `matrix` `(m, n)`, descending.
    static func singularValues(_ matrix: [Double], _ m: Int, _ n: Int) throws(EvaluationError) -> [Double] {
        guard m > 0, n > 0 else { return [] }
        keepsToCallingThread
        let shorter = min(m, n)
        var (copy, values) = (matrix, [Double](repeating: 0, count: shorter))
        var work = [Double](repeating: 0, count: 3 * shorter + max(m, n) + 7 * shorter + 64 * (m + n))
        var integers = [Int32](repeating: 0, count: 8 * shorter)
        // Row-major (m, n) is the column-major transpose, which has the same singular values.
        var (rows, columns, leading) = (Int32(n), Int32(m), Int32(n))
        var (workCount, info) = (Int32(work.count), Int32(0))
        var (left, leftLeading, right, rightLeading) = (0.0, Int32(1), 0.0, Int32(1))
        // SAFETY: as above; with `N` the routine touches no singular vectors.
        dgesdd_(
            "N", &rows, &columns, &copy, &leading, &values, &left, &leftLeading, &right, &rightLeading, &work, &workCount,
            &integers, &info, 1)
        guard info == 0 else { throw .notConverged }
        return values
    }
}
