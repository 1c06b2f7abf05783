import Foundation
import RunTestSupport
import TestSupport
import Testing

/// Wrong arguments and damaged files: one line that names the value, a status that is not 0, and nothing written. One after another,
/// because each case that resumes the shared run takes its lock.
@Suite(.serialized) struct BadInputTests {
    struct Case: CustomTestStringConvertible {
        let arguments: [String]
        let status: Int32
        let words: [String]

        var testDescription: String { arguments.joined(separator: " ") }

        init(_ line: String, _ status: Int32, _ words: String...) {
            (arguments, self.status, self.words) = (line.split(separator: " ").map(String.init), status, words)
        }
    }

    static let cases = [
        Case("pretrain", 64, "--out", "--resume"),
        Case("pretrain --out OUT --steps 0", 64, "--steps 0", "1..."),
        Case("pretrain --out OUT --steps many", 64, "many"),
        Case("pretrain --out OUT --batch-size 0", 64, "--batch-size 0", "1...4096"),
        Case("pretrain --out OUT --learning-rate -1", 64, "--learning-rate"),
        Case("pretrain --out OUT --learning-rate nan", 64, "--learning-rate nan"),
        Case("pretrain --out OUT --threads 0", 64, "--threads 0"),
        Case("pretrain --out OUT --preset huge", 64, "huge", "tiny"),
        Case("pretrain --out OUT --resume RUN", 64, "--out", "--resume"),
        Case("pretrain --resume RUN --seed 2", 64, "--seed"),
        Case("pretrain --resume RUN --from-step 5", 1, "step 5", "4, 6"),
        Case("pretrain --out OUT --from-step 5", 64, "--from-step 5"),
        Case("train --out RUN --preset tiny", 1, "pretraining run", "greendiff pretrain --resume RUN"),
        Case("train --resume RUN", 1, "pretraining run"),
        Case("pretrain --resume RUN --steps 3", 1, "--steps 3", "6"),
        Case("pretrain --resume EMPTY", 1, "not a pretraining run"),
        Case("pretrain --out RUN --preset tiny", 1, "already holds a run", "--resume"),
        Case("pretrain --out OUT --preset tiny --data stars", 1, "stars", "synthetic"),
        Case("pretrain --out OUT --preset tiny --data synthetic:dusk", 1, "dusk", "night"),
        Case("pretrain --out OUT --preset tiny --data gtsrb", 1, "gtsrb", "folder"),
        Case("pretrain --out FILE/run --preset tiny --steps 1", 1, "FILE"),
        Case("pretrain --out OUT --init EMPTY", 1, "config.json"),
        Case("sample", 64, "--checkpoint"),
        Case("sample --checkpoint MODEL --count 0", 64, "--count 0"),
        Case("sample --checkpoint MODEL --steps 2000 --out OUT.png", 1, "2000", "1000"),
        Case("sample --checkpoint MODEL --sampler euler", 64, "euler", "ddim"),
        Case("sample --checkpoint builtin:none --out OUT.png", 1, "builtin:none"),
        Case("sample --checkpoint MODEL --out EMPTY/no/x.png", 1, "EMPTY/no"),
        Case("sample --checkpoint MODEL --out /dev/null", 1, "/dev/null", "device"),
        Case("quantize WEIGHTS OUT --bits 9", 64, "--bits 9", "2...8"),
        Case("quantize WEIGHTS OUT --bits 1", 64, "--bits 1", "2...8"),
        Case("quantize WEIGHTS OUT --group-size -3", 64, "--group-size"),
        Case("quantize WEIGHTS OUT --grid round", 64, "round", "paper"),
        Case("quantize MISSING OUT", 1, "MISSING"),
        Case("quantize EMPTY OUT", 1, "EMPTY"),
        Case("quantize CUT OUT", 1, "CUT"),
        Case("quantize NAN OUT", 1, "nan", "element 1", "first"),
        Case("quantize WEIGHTS EMPTY/no/frame", 1, "EMPTY/no"),
        Case("dequantize WEIGHTS OUT", 1, "not an update frame"),
        Case("dequantize MISSING OUT", 1, "MISSING"),
        Case("predict --checkpoint MODEL --input NAN --output OUT", 1, "sample", "missing"),
        Case("predict --checkpoint MODEL --input CUT --output OUT", 1, "CUT"),
        Case("predict --checkpoint EMPTY --input NAN --output OUT", 1, "config.json"),
        Case("gradients --checkpoint MODEL --input MISSING --output OUT", 1, "MISSING"),
        Case("inspect MISSING", 1, "MISSING"),
        Case("inspect CUT", 1, "CUT"),
        Case("inspect NAN", 1, "nan", "first"),
        Case("inspect FILE", 1, "FILE", "neither"),
        Case("inspect EMPTY", 1, "config.json"),
    ]

    @Test(arguments: cases) func oneLineSaysWhatIsWrong(_ wrong: Case) throws {
        let folder = TemporaryFolder()
        let places = try Self.places(in: folder)
        func filled(_ text: String) -> String { places.reduce(text) { $0.replacingOccurrences(of: $1.key, with: $1.value) } }

        let before = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()

        let result = try Greendiff.run(wrong.arguments.map(filled))

        #expect(result.status == wrong.status, "\(result.errors)")
        #expect(result.errors.hasPrefix("greendiff: ") && result.errors.split(separator: "\n").count == 1, "\(result.errors)")
        for word in wrong.words { #expect(result.errors.contains(filled(word)), "\(word) in: \(result.errors)") }
        #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted() == before)
    }

    /// What the upper-case words in the table stand for.
    private static func places(in folder: TemporaryFolder) throws -> [String: String] {
        let weights = try TinyModel.weightsPath
        try FileManager.default.createDirectory(atPath: folder.path("empty"), withIntermediateDirectories: true)
        try Data("some text".utf8).write(to: URL(fileURLWithPath: folder.path("file")))
        try Data(try Data(contentsOf: URL(fileURLWithPath: weights)).dropLast(1000))
            .write(to: URL(fileURLWithPath: folder.path("cut")))
        var tensors = TensorFile()
        tensors.set("first", [3], [1, .nan, 2])
        try tensors.write(to: folder.path("nan"))
        return [
            "OUT": folder.path("new"), "EMPTY": folder.path("empty"),
            "FILE": folder.path("file"), "CUT": folder.path("cut"), "NAN": folder.path("nan"),
            "MISSING": folder.path("missing"), "WEIGHTS": weights, "MODEL": try TinyModel.path, "RUN": try TinyModel.runPath,
        ]
    }
}
