import Foundation
import RunTestSupport
import TestSupport
import Testing

/// `greendiff plan` as a process.
@Suite struct PlanCommandTests {
    private let folder = TemporaryFolder()

    private func file(_ contents: String, name: String) throws -> String {
        try Data(contents.utf8).write(to: URL(fileURLWithPath: folder.path(name)))
        return folder.path(name)
    }

    @Test func unusableDevicesAreNamedAndNothingIsWritten() throws {
        let path = try file("{}\n{\"distance_m\": -3}\n{\"power_max\": 1}\n{\n", name: "devices.ndjson")
        let refused = try Greendiff.run("plan", "--devices", path, "--format", "ndjson")
        #expect(refused.status == 1 && refused.output.isEmpty)
        let lines = refused.errors.split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines[0].hasPrefix("greendiff: \(path), line 2, device 1: distance_m -3.0 m is outside 0.001...1000000000.0;"))
        #expect(lines[1].contains("line 3, device 2: power_max is not a field of a device; did you mean power_max_w?"))
        #expect(lines[3].contains("3 of 4 devices cannot be used and nothing was planned"))

        let skipped = try Greendiff.run("plan", "--devices", path, "--format", "ndjson", "--skip-invalid")
        #expect(skipped.status == 0 && skipped.output.split(separator: "\n").count == 1)
        #expect(skipped.errors.split(separator: "\n").count == 4)
    }

    @Test func aSharedBandIsPlannedAndATooNarrowOneIsAResult() throws {
        let path = try file("[{}, {\"distance_m\": 90}]", name: "devices.json")
        let plan = try Greendiff.run("plan", "--devices", path, "--total-bandwidth", "5e7", "--format", "json")
        #expect(plan.status == 0 && plan.errors.isEmpty && plan.output.hasPrefix("{\"devices\":["))
        let narrow = try Greendiff.run("plan", "--devices", path, "--total-bandwidth", "5e6")
        #expect(narrow.status == 0 && narrow.output.contains("no plan: the devices need"))
    }

    @Test(arguments: [
        ["--total-bandwidth", "0"], ["--total-bandwidth", "nan"], ["--total-bandwidth", "5e7", "--solver", "algorithm1"],
        ["--total-bandwidth", "5e7", "--equations", "printed"], ["--time-budget", "0"], ["--input-format", "xml"],
    ])
    func impossibleOptionsAreWrongUsage(options: [String]) throws {
        let result = try Greendiff.run(["plan", "--devices", "unused.json"] + options)
        #expect(result.status == 64 && result.output.isEmpty)
        #expect(result.errors.split(separator: "\n").count == 1 && result.errors.contains(options[0]))
    }

    /// `greendiff plan ... | head -1`: the rest is not wanted, which is no failure.
    @Test func aReaderThatLeavesEndsTheJobQuietly() throws {
        let path = try file(String(repeating: "{}\n", count: 50_000), name: "many.ndjson")
        let process = Process()
        let errors = Pipe()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = [
            "-c", "set -o pipefail; \"$0\" plan --devices \"$1\" --format csv | head -1", Greendiff.path, path,
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        try process.run()
        let told = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0 && told.isEmpty, "\(String(decoding: told, as: UTF8.self))")
    }
}
