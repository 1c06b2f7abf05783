import ArgumentParser
import Foundation
import Kernels

/// `bench run`: verifies and times the cases that match a filter.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Verify, then time the cases whose problem string contains FILTER; all without one.",
        discussion: """
            A case is first compared with a plain reference; a case that differs fails the command. Then it warms up and is timed until a \
            second has passed and five samples are in. The limit (fused multiply-adds in registers, or a copy) is measured beside every \
            case: on a shared machine only the share of that limit means something.

            EXAMPLES:
              bench run
              bench run quantize --threads 1,2,4 --json quantize.json
            """)

    @Argument(help: ArgumentHelp("Part of a problem string, or a problem string.", valueName: "filter"))
    var filter: String?

    @Option(help: ArgumentHelp("Thread counts to sweep (default: all processors).", valueName: "n,n..."))
    var threads = ThreadCounts(values: [Processors.available])

    @Option(help: ArgumentHelp("Also write machine and results to this JSON file.", valueName: "file"))
    var json: String?

    func run() throws {
        let cases = Registry.matching(filter)
        guard !cases.isEmpty else {
            throw ValidationError("no case matches \(filter ?? ""), and it is no problem string; bench list prints all")
        }
        var document = ResultDocument(machine: Machine.current())
        if let json { try JSONFile.write(document, to: json) }
        print(document.machine)
        print(CaseResult.header)
        for name in cases {
            for threads in threads.values {
                let result = try CaseRunner(name: name, threads: threads).run()
                if document.cases.contains(where: { $0.name == name && $0.threads == result.threads }) { continue }
                print(result)
                fflush(nil)
                document.cases.append(result)
                if let json { try JSONFile.write(document, to: json) }
            }
        }
    }
}

/// A list of thread counts, e.g. `1,2,4`.
struct ThreadCounts: ExpressibleByArgument {
    let values: [Int]

    init(values: [Int]) { self.values = values }

    init?(argument: String) {
        let values = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard values.allSatisfy({ $0.map { (1...1024).contains($0) } ?? false }) else { return nil }
        self.values = values.compactMap(\.self)
    }

    var defaultValueDescription: String { values.map(String.init).joined(separator: ",") }
}
