import Foundation
import GreenDiffusion
import Testing

@Suite struct JSONTextTests {
    private struct Result: Encodable {
        let bytes = 1
        let errorRelative = 0.5
        let certifySeconds = 2.0
        let frequenciesHertz = [1.0]
        let runID = "7"
        let seconds = 3.0
        let alreadyThere = true
        let counts = ["statusOk": 1]
    }

    @Test func namesAreSnakeCaseWithTheSymbolOfTheirUnit() throws {
        let text = try jsonText(of: Result())
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let names = [
            "already_there", "bytes", "certify_s", "counts", "error_relative", "frequencies_hz", "run_id", "seconds",
        ]
        #expect(object.keys.sorted() == names)
        #expect((object["counts"] as? [String: Int]) == ["statusOk": 1])
    }
}
