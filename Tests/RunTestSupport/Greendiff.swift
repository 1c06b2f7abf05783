import Foundation
import TestSupport

/// What one run of the built `greendiff` left behind.
package struct CommandResult {
    package let status: Int32
    package let output: String
    package let errors: String
}

/// Runs the `greendiff` that lies beside the test bundle.
package enum Greendiff {
    package struct TimedOut: Error { let arguments: [String] }

    package static let path = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appendingPathComponent("greendiff").path

    /// Runs one command to its end.
    ///
    /// - Throws: `TimedOut` where it takes longer than `timeout` seconds (the process is then killed).
    package static func run(_ arguments: String..., timeout: Double = 120) throws -> CommandResult {
        try run(arguments, timeout: timeout)
    }

    package static func run(_ arguments: [String], timeout: Double = 120) throws -> CommandResult {
        let job = try Job(arguments)
        return try job.wait(timeout: timeout)
    }

    /// A running command, for tests that interrupt it.
    package final class Job {
        private let process = Process()
        private let folder = TemporaryFolder()
        private let ended = DispatchSemaphore(value: 0)
        private let arguments: [String]
        private let outputPath: String

        /// - Parameter output: where standard output goes; nil keeps it for the result.
        package init(_ arguments: [String], output: String? = nil) throws {
            self.arguments = arguments
            outputPath = output ?? folder.path("output")
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
        package var output: String { (try? String(contentsOfFile: outputPath, encoding: .utf8)) ?? "" }

        /// Waits for the end and gives the most memory that the process had until a moment before, in bytes.
        package func peakMemory() -> Int {
            var peak = 0
            while process.isRunning {
                let status = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
                if let match = status?.firstMatch(of: /VmHWM:\s*(\d+) kB/), let kibibytes = Int(match.1) {
                    peak = max(peak, 1024 * kibibytes)
                }
                usleep(2_000)
            }
            return peak
        }

        /// Sends SIGINT, as Ctrl-C does.
        package func interrupt() { process.interrupt() }

        /// Sends SIGTERM.
        package func terminate() { process.terminate() }

        package func wait(timeout: Double = 120) throws -> CommandResult {
            guard ended.wait(timeout: .now() + timeout) == .success else {
                kill(process.processIdentifier, SIGKILL)
                ended.wait()
                throw TimedOut(arguments: arguments)
            }
            let errors = try String(contentsOfFile: folder.path("errors"), encoding: .utf8)
            let output = outputPath.hasPrefix("/dev") ? "" : output
            let signal: Int32 = process.terminationReason == .uncaughtSignal ? 1000 : 0
            return CommandResult(status: signal + process.terminationStatus, output: output, errors: errors)
        }
    }
}
