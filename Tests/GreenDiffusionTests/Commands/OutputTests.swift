import Foundation
import GreenDiffusion
import RunTestSupport
import TestSupport
import Testing

/// What becomes of output that cannot be written, and of files that should not be.
@Suite struct OutputTests {
    private let folder = TemporaryFolder()
    private static let tiny = [
        "--preset", "tiny", "--devices", "2", "--images", "16", "--local-iterations", "1", "--batch-size", "2", "--sample-every",
        "0",
        "--threads", "1",
    ]

    @Test(arguments: [
        ["--help"], ["--version"], ["train", "--help"], ["inspect", "WEIGHTS"],
        ["inspect", "WEIGHTS", "--json"], ["train", "--dry-run"] + tiny,
        ["predict", "--help"], ["--generate-completion-script", "bash"],
    ])
    func aFullStandardOutputIsAnError(_ arguments: [String]) throws {
        let weights = try TinyModel.weightsPath
        let result = try Greendiff.Job(arguments.map { $0 == "WEIGHTS" ? weights : $0 }, output: "/dev/full").wait()
        #expect(result.status == 1, "\(result)")
        #expect(
            result.errors
                == "greendiff: cannot write standard output: No space left on device; free space or choose another place\n")
    }

    @Test func aRunIsFinishedWhenItsOutputIsLost() throws {
        let run = folder.path("run")
        let result = try Greendiff.Job(["train"] + Self.tiny + ["--rounds", "2", "--out", run], output: "/dev/full").wait()
        #expect(result.status == 1 && result.errors.contains("cannot write standard output"), "\(result)")
        #expect(FileManager.default.fileExists(atPath: "\(run)/summary.json"))
    }

    @Test func aFileIsNotTurnedIntoItself() throws {
        var tensors = TensorFile()
        tensors.set("w", [4], [1, 2, 3, 4])
        let path = folder.path("weights")
        try tensors.write(to: path)
        let before = try folder.bytes(of: "weights")
        for command in ["quantize", "dequantize"] {
            let result = try Greendiff.run(command, path, path)
            #expect(result.status == 1 && result.errors.contains("it is the file that is read"), "\(result)")
            #expect(try folder.bytes(of: "weights") == before)
        }
    }

    @Test func aLinkAsOutputStaysALink() throws {
        var tensors = TensorFile()
        tensors.set("w", [4], [1, 2, 3, 4])
        try tensors.write(to: folder.path("weights"))
        _ = try folder.write([1], to: "far")
        try FileManager.default.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: "far")
        let result = try Greendiff.run("quantize", folder.path("weights"), folder.path("link"))
        #expect(result.status == 0, "\(result)")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.path("link")) == "far")
        #expect(try folder.bytes(of: "far").dropFirst().starts(with: Array("GDU".utf8)))
    }

    @Test func aSignalsStatusIsItsOwnAndTheSecondEndsAtOnce() throws {
        let job = try Greendiff.Job(["train"] + Self.tiny + ["--rounds", "100000", "--out", folder.path("run")])
        let limit = Date().addingTimeInterval(30)
        while !job.output.contains("/100000  "), Date() < limit { usleep(20_000) }
        job.terminate()
        #expect(try job.wait().status == 143)

        // Rounds of some seconds: the second signal does not wait for the end of one.
        let slow = try Greendiff.Job(
            ["train"] + Self.tiny + ["--local-iterations", "1000000", "--rounds", "2", "--out", folder.path("slow")])
        while !slow.output.contains("run     "), Date() < limit.addingTimeInterval(30) { usleep(20_000) }
        slow.interrupt()
        usleep(300_000)
        slow.interrupt()
        #expect([1000 + SIGINT, 128 + SIGINT].contains(try slow.wait(timeout: 20).status))
    }
}
