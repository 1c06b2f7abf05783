import Kernels

/// All families, in the order in which they run. To add one: its file under `Families`, its line here.
enum Registry {
    static let families = [
        BenchmarkFamily.convolution, .linear, .depthwise, .groupNorm, .attention, .silu, .optimizer, .quantize, .certify,
        .packing, .aggregation, .unet, .energy, .energyTables, .energyBand,
    ]

    /// The problem strings of all families.
    static var cases: [String] {
        families.flatMap { family in family.precisions.flatMap { precision in family.cases.map { Problem.name($0, precision) } } }
    }

    /// The listed cases that contain `filter`, all without one; a problem string that is not listed stands for itself.
    static func matching(_ filter: String?) -> [String] {
        guard let filter else { return cases }
        let listed = cases.filter { $0.contains(filter) }
        return listed.isEmpty && filter.contains("/") ? [filter] : listed
    }

    /// The benchmark of a problem string, and the threads that it runs on when `threads` are offered.
    static func benchmark(_ name: String, threads: Int) throws -> (benchmark: Benchmark, threads: Int) {
        let precision = Problem(name).precision
        for family in families {
            let context = ComputeContext(threads: family.usesThreads ? threads : 1, precision: precision)
            if let benchmark = try family.benchmark(name, context: context) { return (benchmark, context.threads) }
        }
        throw UnknownCase(name: name)
    }
}

/// A problem string that no family knows.
struct UnknownCase: Error, CustomStringConvertible {
    let name: String
    var description: String { "\(name) is no problem string; bench list prints examples of all families" }
}
