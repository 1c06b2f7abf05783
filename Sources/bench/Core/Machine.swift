import CPUSupport
import Foundation
import Kernels

/// Where results come from.
struct Machine: Encodable, CustomStringConvertible {
    let cpu: String
    let processors: Int
    let vectorInstructions: String
    let compiler: String
    /// Of the working directory's repository, with `+` where it has changes; `unknown` outside one.
    let commit: String
    /// Average number of runnable processes in the minute before: above 0.5 others shared the machine.
    let loadAverage: Double?
    let sgemmGFLOPs: Double

    enum CodingKeys: String, CodingKey {
        case cpu, processors, compiler, commit
        case vectorInstructions = "vector_instructions"
        case loadAverage = "load_average"
        case sgemmGFLOPs = "sgemm_gflops"
    }

    static func current() -> Machine {
        let processors = Processors.available
        let load = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8))?.split(separator: " ").first.flatMap {
            Double($0)
        }
        return Machine(
            cpu: cpuName(), processors: processors, vectorInstructions: InstructionSet.selectedName,
            compiler: String(cString: gd_compiler_version()), commit: commitName(), loadAverage: load,
            sgemmGFLOPs: Ceilings.matrixProduct(threads: processors) / 1e9)
    }

    var description: String {
        "\(cpu), \(processors) processors, \(vectorInstructions), \(compiler.prefix { $0 != "(" })commit \(commit)"
            + (loadAverage.map { ", load \($0)" } ?? "") + String(format: ", sgemm %.0f GFLOP/s", sgemmGFLOPs)
    }

    private static func cpuName() -> String {
        let info = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let line = info.split(separator: "\n").first { $0.hasPrefix("model name") }
        return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown CPU"
    }

    private static func commitName() -> String {
        guard let commit = git("rev-parse", "--short", "HEAD") else { return "unknown" }
        return commit + (git("status", "--porcelain", "--untracked-files=no") == "" ? "" : "+")
    }

    private static func git(_ arguments: String...) -> String? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["git"] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return nil }
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
