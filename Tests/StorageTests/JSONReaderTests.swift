import Storage
import Testing

@Suite struct JSONReaderTests {
    private func parsed(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

    @Test func everyKindOfValueIsRead() throws {
        let text = #" {"a": [1, -2.5e-1, true, false, null, {}], "b\n\u00e9\ud83d\ude00": "\"\\\/", "c": []} "#
        let expected: JSONValue = .object([
            "a": .array([.integer(1), .number(-0.25), .boolean(true), .boolean(false), .null, .object([:])]),
            "b\n\u{E9}\u{1F600}": .string("\"\\/"), "c": .array([]),
        ])
        #expect(try parsed(text) == expected)
        #expect(try parsed(expected.text) == expected)
    }

    @Test func numbersOfPythonAreRead() throws {
        #expect(try parsed("[Infinity, -Infinity]") == .array([.number(.infinity), .number(-.infinity)]))
        guard case .number(let number) = try parsed("NaN") else {
            Issue.record("NaN is no number")
            return
        }
        #expect(number.isNaN)
    }

    @Test(arguments: [
        "", " ", "{", "[1,]", "{\"a\":1,}", "{\"a\" 1}", "{a:1}", "{\"a\":1,\"a\":2}", "[1 2]", "01", "1.", ".5", "+1", "1e", "-",
        "nan", "inf", "tru", "nulls", "1 2", "'a'", "\"a", "\"\\x\"", "\"\\ud800\"", "\"\\u12\"", "\"\u{1}\"", "[1}", "]",
    ])
    func whatIsNoJSONIsRefused(text: String) {
        #expect(throws: JSONReader.Failure.self) { try parsed(text) }
    }

    @Test func deepTextsAndBytesThatAreNoTextAreRefused() throws {
        let depth = JSONReader.deepest
        _ = try parsed(String(repeating: "[", count: depth) + String(repeating: "]", count: depth))
        #expect(throws: JSONReader.Failure.self) { try parsed(String(repeating: "[", count: 100_000)) }
        #expect(throws: JSONReader.Failure.self) { try JSONValue(parsing: [0x22, 0xFF, 0x22]) }
    }

    @Test func countsAreWholeAndNotNegative() throws {
        for text in ["0", "17", "9223372036854775807"] {
            var reader = JSONReader(Array(text.utf8))
            #expect(try reader.count() == Int(text))
        }
        for text in ["-1", "-0", "1.0", "1e0", "9223372036854775808", "\"1\"", "true"] {
            var reader = JSONReader(Array(text.utf8))
            #expect(throws: JSONReader.Failure.self) { try reader.count() }
        }
    }
}
