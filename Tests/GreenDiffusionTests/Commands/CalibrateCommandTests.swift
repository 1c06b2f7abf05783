import Foundation
import RunTestSupport
import TestSupport
import Testing

@Suite struct CalibrateCommandTests {
    private let folder = TemporaryFolder()

    @Test func itPrintsJSONAloneAndWritesADeviceThatTrainTakes() throws {
        let result = try Greendiff.run(
            "calibrate", "--preset", "tiny", "--batch-size", "1,2", "--steps", "1", "--threads", "1", "--precision", "float32",
            "--json", "--out", folder.path("machine.json"))
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        let lines = try #require(object["measurements"] as? [[String: Any]])
        #expect(lines.map { $0["batch_size"] as? Int } == [1, 2])
        let plan = try Greendiff.run(
            "train", "--devices", folder.path("machine.json"), "--preset", "tiny", "--images", "16", "--dry-run")
        #expect(plan.status == 0 && plan.output.contains("1 threads"), "\(plan.errors)")
    }

    @Test(arguments: [
        (["--batch-size", "0"], "--batch-size 0 is outside 1...4096"), (["--batch-size", "8,x"], "no list of whole numbers"),
        (["--steps", "0"], "--steps 0 is outside"), (["--preset", "huge"], "huge"),
    ])
    func wrongUsageIsOneLine(_ arguments: [String], _ part: String) throws {
        let result = try Greendiff.run(["calibrate"] + arguments)
        #expect(result.status == 64 && result.errors.contains(part) && result.errors.split(separator: "\n").count == 1)
    }
}
