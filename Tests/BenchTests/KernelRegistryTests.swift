import Foundation
import Kernels
import Model
import Testing

@testable import bench

/// What every kernel of `KernelRegistry` must have beside it.
struct KernelRegistryTests {
    @Test func everyListEndsWithItsReference() {
        func expectReferenceLast<Kernel: OperationKernel>(_ list: Kernel.Type) {
            #expect(list.allCases.count > 1 && list.allCases.last == list.reference, "\(list)")
        }
        for list in KernelRegistry.operations { expectReferenceLast(list) }
    }

    /// A list that `KernelRegistry` forgets would escape all other tests.
    @Test func everyReferenceInCBelongsToAList() throws {
        let headers = Self.repository.appendingPathComponent("Sources/CKernels/include")
        let prefixes = KernelRegistry.operations.map { $0.operation.lowercased() }
        for header in try FileManager.default.contentsOfDirectory(at: headers, includingPropertiesForKeys: nil) {
            for match in try String(contentsOf: header, encoding: .utf8).matches(of: /gd_(f32|bf16)_(\w+)__reference/) {
                let name = (match.1 == "bf16" ? "bfloat16" : "") + match.2.replacing("_", with: "")
                #expect(prefixes.contains { name.hasPrefix($0) }, "\(match.0) belongs to no list of KernelRegistry")
            }
        }
    }

    @Test func everyOperationHasAFixtureFromPyTorch() throws {
        let file = Self.repository.appendingPathComponent("Tests/KernelsTests/Fixtures/operations.safetensors")
        let names = try SafetensorsReader(path: file.path).entries.map { $0.name.lowercased() }
        for list in KernelRegistry.operations {
            #expect(names.contains { $0.hasPrefix(list.operation.lowercased()) }, "\(list.operation) has no fixture")
        }
    }

    /// The small problem of a family of the operation must run on the kernel and agree with the reference.
    @Test func everyKernelHasABenchmark() throws {
        for list in KernelRegistry.operations {
            let smallProblems = Registry.families.flatMap { family in
                family.operations.filter { $0.value == list }.keys.compactMap { precision in
                    family.smallProblem.map { Problem.name($0, precision) }
                }
            }
            for kernel in names(list) {
                let problems = smallProblems.map { "\($0)/\(kernel)" }
                let problem = problems.first { (try? Registry.benchmark($0, threads: 2)) != nil }
                let name = try #require(problem, "\(list.operation) by \(kernel) has no benchmark")
                try Registry.benchmark(name, threads: 2).benchmark.verify()
            }
        }
    }

    @Test func aKernelRefusesWhatItDoesNotAccept() {
        #expect(throws: RefusedProblem.self) { try Registry.benchmark("linear/fwd/n3ci5co7/winograd4", threads: 1) }
        #expect(throws: UnknownCase.self) { try Registry.benchmark("linear/fwd/n3ci5co7/vector", threads: 1) }
    }

    private static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private func names<Kernel: OperationKernel>(_ list: Kernel.Type) -> [String] { list.allCases.map(\.rawValue) }
}
