import Kernels

/// A case that is ready to be verified and timed: its memory is allocated, its inputs are drawn.
struct Benchmark {
    let work: Work
    /// Images a run handles; nil where that has no meaning. Such cases also report memory.
    var images: Int?
    /// Compares the work's result with a reference.
    let verify: () throws(VerificationError) -> Void
    /// One timed run.
    let run: () -> Void
}

/// What one run of a case does.
enum Work {
    /// Textbook and really executed floating-point operations; the limit is what the machine multiplies in `precision`.
    case flops(nominal: Int, executed: Int, precision: Precision)
    /// Bytes read and written at least once; the limit is a copy of as many.
    case bytes(Int)
    /// Problems solved, and the bytes that each reads and writes at least once; the limit is a copy.
    case problems(Int, bytesEach: Int)
}

/// A case whose result is not what the reference says.
struct VerificationError: Error, CustomStringConvertible {
    let what: String
    let found: Double
    let limit: Double

    var description: String { "\(what): error \(found) exceeds \(limit); the timing would be of wrong results" }

    /// Throws unless `error` is a number of at most `limit`.
    static func check(_ what: String, _ error: Double, atMost limit: Double) throws(VerificationError) {
        guard error <= limit else { throw VerificationError(what: what, found: error, limit: limit) }
    }
}
