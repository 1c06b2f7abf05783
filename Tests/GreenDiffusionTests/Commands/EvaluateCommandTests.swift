import Foundation
import RunTestSupport
import TestSupport
import Testing

@Suite struct EvaluateCommandTests {
    private let folder = TemporaryFolder()

    /// A file of features of both sides, some of them shifted.
    private func features(_ name: String, reference: Int, samples: Int, extent: Int) throws -> String {
        var file = TensorFile()
        for (tensor, count, shift) in [("reference", reference, Float(0)), ("samples", samples, Float(0.5))] {
            let values = (0..<count * extent).map { (index: Int) -> Float in
                let mixed: Int = (index * 7919 + index * index * 31) % 1009
                return Float(mixed) / 1009 + shift
            }
            file.set(tensor, [count, extent], values)
        }
        try file.write(to: folder.path(name))
        return folder.path(name)
    }

    @Test func givenFeaturesAreComparedWithoutANetwork() throws {
        let path = try features("both.safetensors", reference: 60, samples: 50, extent: 5)
        let result = try Greendiff.run("evaluate", "--reference", path, "--samples", path, "--json", "--threads", "2")
        #expect(result.status == 0, "\(result.errors)")
        let report = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        let names = ["frechet_distance", "kid_mean", "kid_standard_error", "precision", "recall", "mind"]
        let values = names.map { report[$0] as? Double ?? .nan }
        #expect(values.allSatisfy { $0.isFinite }, "\(result.output)")
        #expect(values[0] > 5 * 0.2 && values[5] > 3 * 5 * 0.2)
        let network = report["features"] as? [String: Any]
        #expect(network?["name"] as? String == "given")
        #expect(report["reference_count"] as? Int == 60 && report["sample_count"] as? Int == 50)
        let text = try Greendiff.run("evaluate", "--reference", path, "--samples", path, "--threads", "1")
        #expect(text.output.contains("frechet    ") && text.output.contains("mind       "), "\(text.output)")
        let alone = try Greendiff.run("evaluate", "--reference", path, "--samples", path, "--json", "--threads", "1")
        #expect(alone.output == result.output, "the number of threads changed the result")
    }

    @Test func aPipeGetsPlainLinesOfProgress() throws {
        let path = try features("both.safetensors", reference: 20, samples: 20, extent: 3)
        let result = try Greendiff.run("evaluate", "--reference", path, "--samples", path)
        #expect(result.errors.contains("distance 4/4") && !result.errors.contains("\r"), "\(result.errors)")
    }

    @Test func wrongUseIsOneLine() throws {
        let path = try features("both.safetensors", reference: 6, samples: 6, extent: 3)
        let one = try features("one.safetensors", reference: 1, samples: 6, extent: 3)
        let cases: [([String], Int32, String)] = [
            (["--reference", path], 64, "--samples"),
            (["--reference", path, "--samples", path, "--steps", "4"], 64, "--checkpoint"),
            (["--reference", path, "--samples", path, "--sampler", "ddim"], 64, "--sampler says how a model draws"),
            (["--reference", path, "--samples", path, "--guidance", "1"], 64, "--guidance says how a model draws"),
            (["--reference", path, "--samples", path, "--checkpoint", "x"], 64, "leave one out"),
            (["--reference", path, "--samples", path, "--write-features", path], 1, "it is the file that is read"),
            (["--reference", path, "--samples", path, "--count", "1"], 64, "2...10000000"),
            (["--reference", one, "--samples", path], 1, "at least 2 images"),
            (["--reference", folder.path("none"), "--samples", path], 1, "--reference"),
            (["--reference", "synthetic", "--samples", path], 1, "--features"),
            (["--reference", path, "--samples", path, "--write-features", folder.path("no/such/folder")], 1, "no folder"),
        ]
        for (arguments, status, words) in cases {
            let result = try Greendiff.run(["evaluate"] + arguments)
            #expect(result.status == status && result.errors.contains(words), "\(arguments): \(result.errors)")
            #expect(result.errors.split(separator: "\n").count == 1 && result.output.isEmpty, "\(result.errors)")
        }
    }
}
