import Foundation
import Testing

/// What one run of the built `greendiff` left behind.
struct CommandResult {
    let status: Int32
    let output: String
    let errors: String
}

/// Runs the `greendiff` that lies beside the test bundle.
enum Greendiff {
    struct TimedOut: Error { let arguments: [String] }

    static let path = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appendingPathComponent("greendiff").path

    /// Runs one command to its end.
    ///
    /// - Throws: `TimedOut` where it takes longer than `timeout` seconds (the process is then killed).
    static func run(_ arguments: String..., timeout: Double = 120) throws -> CommandResult {
        try run(arguments, timeout: timeout)
    }

    static func run(_ arguments: [String], timeout: Double = 120) throws -> CommandResult {
        let job = try Job(arguments)
        return try job.wait(timeout: timeout)
    }

    /// A running command, for tests that interrupt it.
    final class Job {
        private let process = Process()
        private let folder = TemporaryFolder()
        private let ended = DispatchSemaphore(value: 0)
        private let arguments: [String]
        private let outputPath: String

        init(_ arguments: [String]) throws {
            self.arguments = arguments
            outputPath = folder.path("output")
            process.executableURL = URL(fileURLWithPath: Greendiff.path)
            process.arguments = arguments
            for name in ["output", "errors"] { try Data().write(to: URL(fileURLWithPath: folder.path(name))) }
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = FileHandle(forWritingAtPath: outputPath)
            process.standardError = FileHandle(forWritingAtPath: folder.path("errors"))
            process.terminationHandler = { [ended] _ in ended.signal() }
            try process.run()
        }

        /// What standard output holds so far.
        var output: String { (try? String(contentsOfFile: outputPath, encoding: .utf8)) ?? "" }

        /// Sends SIGINT, as Ctrl-C does.
        func interrupt() { process.interrupt() }

        func wait(timeout: Double = 120) throws -> CommandResult {
            guard ended.wait(timeout: .now() + timeout) == .success else {
                kill(process.processIdentifier, SIGKILL)
                ended.wait()
                throw TimedOut(arguments: arguments)
            }
            let errors = try String(contentsOfFile: folder.path("errors"), encoding: .utf8)
            let signal: Int32 = process.terminationReason == .uncaughtSignal ? 1000 : 0
            return CommandResult(status: signal + process.terminationStatus, output: output, errors: errors)
        }
    }
}

/// A folder for one test, removed with the object.
final class TemporaryFolder: Sendable {
    let path: String

    init() {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("greendiff-\(UUID().uuidString)").path
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func path(_ name: String) -> String { "\(path)/\(name)" }
}
