import Kernels

/// A family of cases: the problem strings that it lists, and how a problem string of it becomes a benchmark.
struct BenchmarkFamily: Sendable {
    /// Of float32; they are listed in all `precisions`.
    let cases: [String]
    /// False for work that always runs on one thread.
    var usesThreads = true
    /// What its cases may keep activations in.
    var precisions: [Precision] = [.float32]
    /// The kernels of what the family times, by the precision of activations; none where it is more than one operation.
    var operations: [Precision: any OperationKernel.Type] = [:]
    /// A small problem for tests.
    var smallProblem: String?
    /// The benchmark of a problem string of this family, run in `context`; nil for a string of another.
    let make: @Sendable (_ problem: Problem, _ context: ComputeContext) throws -> Benchmark?

    /// The benchmark of a problem string, nil for a string of another family. The name of one of the operation's kernels may follow:
    /// `conv3x3/fwd/n8ci128co128hw32/direct`.
    func benchmark(_ name: String, context: ComputeContext) throws -> Benchmark? {
        let problem = Problem(name)
        guard precisions.contains(problem.precision) else { return nil }
        guard let kernel = operations[problem.precision]?.init(rawValue: String(problem.parts[problem.parts.count - 1])) else {
            return try make(problem, context)
        }
        var ran = false
        context.overrides = [kernel]
        context.onFirstRun = { ran = ran || AnyHashable($1) == AnyHashable(kernel) }
        defer { context.onFirstRun = nil }
        guard let benchmark = try make(problem.withoutLast, context) else { return nil }
        guard ran else { throw RefusedProblem(name: name) }
        return benchmark
    }
}

/// A problem that the kernel at its end does not accept.
struct RefusedProblem: Error, CustomStringConvertible {
    let name: String
    var description: String { "the kernel that \(name) names does not accept it; without a name the first that does runs" }
}
